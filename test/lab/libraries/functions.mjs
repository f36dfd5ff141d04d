// What is measured of libraries: everything that makes objects of kinds V8 treats apart, small and of middle size.
// Each process loads one library and makes one function.

const rows = Array.from({ length: 50 }, (_, id) => ({
  id,
  name: `person ${id}`,
  tags: ['a', 'b'],
}));
const code =
  'var a = (b) => ({ c: b ** 2, ...d }); (class extends Y { #p = 1; });\n'.repeat(20);
const prose =
  '# Title\n\nSome *text* with [a link](http://a.b) and `code`.\n\n- one\n- two\n\n';
const yaml = rows.map(({ id, name }) => `- id: ${id}\n  name: ${name}\n`).join('');

/** By name: the package, what is particular about its objects, and what makes the function. */
export const functions = {
  'immer produce': {
    library: 'immer',
    kind: 'proxies that are revoked',
    async make() {
      const { produce } = await import('immer');
      const base = { list: [1, 2, 3], a: { b: 1 } };
      return () => produce(base, (draft) => void draft.list.push(1));
    },
  },
  'immer produce of 50 rows': {
    library: 'immer',
    kind: 'proxies that are revoked',
    async make() {
      const { produce } = await import('immer');
      return () =>
        produce(rows, (draft) => {
          for (const row of draft) row.name += '!';
        });
    },
  },
  'mutative create': {
    library: 'mutative',
    kind: 'proxies that are revoked',
    async make() {
      const { create } = await import('mutative');
      const base = { list: [1, 2, 3], a: { b: 1 } };
      return () => create(base, (draft) => void draft.list.push(1));
    },
  },
  'mobx makeAutoObservable': {
    library: 'mobx',
    kind: 'accessors, symbols',
    async make() {
      const { makeAutoObservable } = await import('mobx');
      return () => {
        const store = makeAutoObservable({
          price: 1,
          get double() {
            return this.price * 2;
          },
          rise() {
            this.price++;
          },
        });
        store.rise();
        return store.double;
      };
    },
  },
  'valtio proxy and snapshot': {
    library: 'valtio',
    kind: 'proxies, WeakMap memo',
    async make() {
      const { proxy, snapshot } = await import('valtio/vanilla');
      return () => {
        const state = proxy({ a: 1, nested: { b: 2 } });
        state.a = 2;
        return snapshot(state);
      };
    },
  },
  'vue reactive and computed': {
    library: '@vue/reactivity',
    kind: 'proxies, WeakMap memo',
    async make() {
      const { computed, reactive } = await import('@vue/reactivity');
      return () => {
        const state = reactive({ a: 1, list: [1] });
        const double = computed(() => state.a * 2);
        state.a = 2;
        state.list.push(3);
        return double.value;
      };
    },
  },
  'preact signals': {
    library: '@preact/signals-core',
    kind: 'closures, linked nodes',
    async make() {
      const { computed, effect, signal } = await import('@preact/signals-core');
      return () => {
        const price = signal(1);
        const double = computed(() => price.value * 2);
        const dispose = effect(() => double.value);
        price.value = 3;
        dispose();
        return double.value;
      };
    },
  },
  'redux toolkit createSlice': {
    library: '@reduxjs/toolkit',
    kind: 'closures, proxies',
    async make() {
      const { createSlice } = await import('@reduxjs/toolkit');
      return () => {
        const slice = createSlice({
          name: 'counter',
          initialState: { count: 0 },
          reducers: {
            add(state) {
              state.count++;
            },
          },
        });
        return slice.reducer({ count: 1 }, slice.actions.add());
      };
    },
  },
  'rxjs pipe': {
    library: 'rxjs',
    kind: 'closures, subscriptions',
    async make() {
      const { map, of, toArray } = await import('rxjs');
      return () => {
        let result;
        of(1, 2, 3)
          .pipe(
            map((x) => x * 2),
            toArray(),
          )
          .subscribe((value) => {
            result = value;
          });
        return result;
      };
    },
  },
  'zod object and parse': {
    library: 'zod',
    kind: 'classes and accessors in each call',
    async make() {
      const { z } = await import('zod');
      return () => z.object({ a: z.string(), b: z.number() }).parse({ a: 'x', b: 1 });
    },
  },
  'zod parse of 50 rows': {
    library: 'zod',
    kind: 'compiled schema',
    async make() {
      const { z } = await import('zod');
      const schema = z.array(
        z.object({ id: z.number(), name: z.string(), tags: z.array(z.string()) }),
      );
      return () => schema.parse(rows);
    },
  },
  'valibot object and parse': {
    library: 'valibot',
    kind: 'schema of plain objects',
    async make() {
      const v = await import('valibot');
      return () => v.parse(v.object({ a: v.string(), b: v.number() }), { a: 'x', b: 1 });
    },
  },
  'superstruct is': {
    library: 'superstruct',
    kind: 'generators',
    async make() {
      const { is, number, object } = await import('superstruct');
      return () => is({ a: 1 }, object({ a: number() }));
    },
  },
  'yup object and validate': {
    library: 'yup',
    kind: 'cloned prototypes',
    async make() {
      const { number, object, string } = await import('yup');
      return () =>
        object({ a: string().required(), b: number() }).validateSync({ a: 'x', b: 2 });
    },
  },
  'joi validate': {
    library: 'joi',
    kind: 'Map and Set',
    async make() {
      const { default: joi } = await import('joi');
      const schema = joi.object({ a: joi.string(), b: joi.number() });
      return () => schema.validate({ a: 'x', b: 2 });
    },
  },
  'ajv compile': {
    library: 'ajv',
    kind: 'code from text in each call',
    async make() {
      const { default: Ajv } = await import('ajv');
      return () =>
        new Ajv().compile({
          type: 'object',
          properties: { a: { type: 'number' } },
          required: ['a'],
        })({ a: 1 });
    },
  },
  'ajv validate': {
    library: 'ajv',
    kind: 'code from text',
    async make() {
      const { default: Ajv } = await import('ajv');
      const validate = new Ajv({ allErrors: true }).compile({
        type: 'array',
        items: { type: 'object', properties: { id: { type: 'string' } } },
      });
      return () => validate(rows);
    },
  },
  'graphql execute': {
    library: 'graphql',
    kind: 'parser, WeakMap memo',
    async make() {
      const { buildSchema, graphqlSync } = await import('graphql');
      const schema = buildSchema('type Query { a: Int, b: [String] }');
      const rootValue = { a: 1, b: ['x'] };
      return () => graphqlSync({ schema, source: '{ a b }', rootValue });
    },
  },
  'graphql parse': {
    library: 'graphql',
    kind: 'parser',
    async make() {
      const { parse } = await import('graphql');
      return () => parse('query Q($x: Int = 1) { a(x: $x) { b c { ...F } } }');
    },
  },
  'handlebars render': {
    library: 'handlebars',
    kind: 'compiled template',
    async make() {
      const { default: Handlebars } = await import('handlebars');
      const render = Handlebars.compile('{{#each rows}}<{{name}}>{{/each}}');
      return () => render({ rows });
    },
  },
  'handlebars compile': {
    library: 'handlebars',
    kind: 'code from text in each call',
    async make() {
      const { default: Handlebars } = await import('handlebars');
      return () => Handlebars.compile('{{#each l}}<{{a}}>{{/each}}')({ l: [{ a: 1 }] });
    },
  },
  'ejs render': {
    library: 'ejs',
    kind: 'code from text in each call',
    async make() {
      const { default: ejs } = await import('ejs');
      return () => ejs.render('<% for (const a of l) { %><%= a %><% } %>', { l: [1, 2] });
    },
  },
  'pug render': {
    library: 'pug',
    kind: 'compiled template',
    async make() {
      const { default: pug } = await import('pug');
      const render = pug.compile('ul\n  each row in rows\n    li(id=row.id)= row.name');
      return () => render({ rows });
    },
  },
  'marked parse': {
    library: 'marked',
    kind: 'parser of expressions',
    async make() {
      const { marked } = await import('marked');
      return () => marked.parse(prose);
    },
  },
  'marked parse of 20 parts': {
    library: 'marked',
    kind: 'parser of expressions',
    async make() {
      const { marked } = await import('marked');
      const text = prose.repeat(20);
      return () => marked.parse(text);
    },
  },
  'acorn parse': {
    library: 'acorn',
    kind: 'parser',
    async make() {
      const { parse } = await import('acorn');
      return () => parse('const a = (b) => ({ c: b ** 2 });', { ecmaVersion: 2022 });
    },
  },
  'acorn parse of 20 lines': {
    library: 'acorn',
    kind: 'parser',
    async make() {
      const { parse } = await import('acorn');
      return () => parse(code, { ecmaVersion: 2022 });
    },
  },
  'yaml parse': {
    library: 'yaml',
    kind: 'parser, generators',
    async make() {
      const { parse } = await import('yaml');
      return () => parse('a: 1\nb:\n  - c\n  - d: e\n');
    },
  },
  'yaml parse of 50 rows': {
    library: 'yaml',
    kind: 'parser, generators',
    async make() {
      const { parse } = await import('yaml');
      return () => parse(yaml);
    },
  },
  'lodash cloneDeep and groupBy': {
    library: 'lodash',
    kind: 'Map, plain objects',
    async make() {
      const { default: _ } = await import('lodash');
      return () => _.groupBy(_.cloneDeep(rows), ({ id }) => id % 7);
    },
  },
  'ramda groupBy': {
    library: 'ramda',
    kind: 'curried functions',
    async make() {
      const { groupBy, map, pipe, prop } = await import('ramda');
      return () =>
        pipe(
          map(prop('name')),
          groupBy((name) => name.at(-1)),
        )(rows);
    },
  },
  'luxon plus and toISO': {
    library: 'luxon',
    kind: 'classes, cached formats',
    async make() {
      const { DateTime } = await import('luxon');
      return () => DateTime.fromISO('2026-01-01T00:00:00Z').plus({ days: 1 }).toISO();
    },
  },
  'dayjs add and format': {
    library: 'dayjs',
    kind: 'prototype methods',
    async make() {
      const { default: dayjs } = await import('dayjs');
      return () => dayjs('2026-01-01').add(1, 'day').format('YYYY-MM-DD');
    },
  },
  'date-fns addDays and format': {
    library: 'date-fns',
    kind: 'dates, expressions',
    async make() {
      const { addDays, format } = await import('date-fns');
      const day = new Date(2026, 0, 1);
      return () => format(addDays(day, 1), 'yyyy-MM-dd');
    },
  },
  'qs parse and stringify': {
    library: 'qs',
    kind: 'objects without a prototype',
    async make() {
      const { default: qs } = await import('qs');
      return () => qs.stringify(qs.parse('a[b][c]=1&a[b][d]=2&e[]=3&e[]=4'));
    },
  },
  'semver satisfies': {
    library: 'semver',
    kind: 'classes, cached ranges',
    async make() {
      const { default: semver } = await import('semver');
      return () => semver.satisfies('1.2.3', '^1.0.0 || >=2.0.0-rc.1 <3');
    },
  },
};
