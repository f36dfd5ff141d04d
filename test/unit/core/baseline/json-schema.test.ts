import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serialize } from '../../../../packages/core/src/baseline/file.js';
import { fileSchema } from '../../../../packages/core/src/baseline/schema.js';
import { files } from './records.js';

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'highwater memory baselines',
  description:
    'The file __memory__/<test file>.memory.json. Tests by name, records by environment (node22-linux-x64); all numbers are per call, in bytes or objects.',
  ...toJsonSchema(fileSchema, { target: 'draft-2020-12', errorMode: 'ignore' }),
};

describe('the published JSON Schema', () => {
  it('is that of the code', async () => {
    // Written anew with `-u`.
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      '../../../../docs/baseline.schema.json',
    );
  });

  const validate = new Ajv2020({ strict: false }).compile(schema as object);

  it('accepts whatever is written', () => {
    fc.assert(
      fc.property(files, (file) => {
        expect(validate(JSON.parse(serialize(file)))).toBe(true);
      }),
    );
  });

  it.each([
    [{ formatVersion: 2, tests: {} }],
    [{ formatVersion: 1 }],
    [{ formatVersion: 1, tests: { a: { node22: { tier: 'fast' } } } }],
  ])('refuses %j', (wrong) => {
    expect(validate(wrong)).toBe(false);
  });
});
