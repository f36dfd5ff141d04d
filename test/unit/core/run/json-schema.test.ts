import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serializeRun } from '../../../../packages/core/src/run/run-file.js';
import { runSchema } from '../../../../packages/core/src/run/schema.js';
import { fileOf, processes, runOfTests, testOf, tests } from './records.js';

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'highwater run',
  description:
    'The file .highwater/run.json: what the tests of one run cost. Numbers carry their unit in the name.',
  ...toJsonSchema(runSchema, { target: 'draft-2020-12', errorMode: 'ignore' }),
};

describe('the published JSON Schema of runs', () => {
  it('is that of the code', async () => {
    // Written anew with `-u`.
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      '../../../../docs/run.schema.json',
    );
  });

  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    schema as object,
  );

  it('accepts whatever is written', () => {
    fc.assert(
      fc.property(fc.array(tests), fc.array(processes), (list, started) => {
        const run = runOfTests(list, {
          files: [fileOf('test/parser.test.ts')],
          processes: started,
        });
        expect(validate(JSON.parse(serializeRun(run)))).toBe(true);
      }),
    );
  });

  it.each([
    [{ ...runOfTests(), version: 2 }],
    [{ ...runOfTests(), tests: [{ ...testOf('parses'), ordinal: 0 }] }],
    [{ ...runOfTests(), tests: [{ ...testOf('parses'), state: 'fine' }] }],
    [{ ...runOfTests(), processes: [{ name: 'node', isNode: true }] }],
    [{ ...runOfTests(), processes: [{ name: 'node', pid: 1, isNode: 'yes' }] }],
  ])('refuses %j', (wrong) => {
    expect(validate(wrong)).toBe(false);
  });
});
