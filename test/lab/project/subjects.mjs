// What the lab measures: everyday work of everyday code, most of it other people's.

import { createHash, webcrypto } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, createServer, get } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip, gzipSync } from 'node:zlib';
import { parse, tokenizer } from 'acorn';
import Ajv from 'ajv';
import { LRUCache } from 'lru-cache';
import { marked } from 'marked';
import Mustache from 'mustache';

const people = Array.from({ length: 200 }, (_, id) => ({
  id,
  name: `person ${id}`,
  tags: ['a', 'b'],
}));
const json = JSON.stringify(people);
const bytes = Buffer.from(json.repeat(4));
const packed = gzipSync(bytes);
const code = people
  .map(
    ({ id }) =>
      `export function f${id}(a, b = ${id}) { return [a, ...b].map((x) => x * 2); }`,
  )
  .slice(0, 40)
  .join('\n');
const prose =
  '# Title\n\nSome *text* with [a link](http://a.b) and `code`.\n\n- one\n- two\n\n'.repeat(
    20,
  );
const template =
  '<ul>{{#people}}<li id="{{id}}">{{name}} {{#tags}}<b>{{.}}</b>{{/tags}}</li>{{/people}}</ul>';
const validate = new Ajv().compile({
  type: 'array',
  items: {
    type: 'object',
    properties: {
      id: { type: 'number' },
      name: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['id', 'name'],
    additionalProperties: false,
  },
});
const wrong = people.map((person) => ({ ...person, id: String(person.id) }));
const full = new LRUCache({ max: 100 });
for (let i = 0; i < 100; i++) full.set(`key ${i}`, { i });
const loading = new LRUCache({ max: 10, fetchMethod: async (id) => people[id] });
const emitter = new EventEmitter();
emitter.on('event', () => {});
const here = fileURLToPath(import.meta.url);
const gzipLater = promisify(gzip);
const gunzipLater = promisify(gunzip);

class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
  plus(other) {
    return new Point(this.x + other.x, this.y + other.y);
  }
}

async function* later(list) {
  for (const one of list) yield one;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let server;
function request() {
  return new Promise((resolve, reject) => {
    const { port } = server.address();
    get({ port, agent, path: '/people?limit=3' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text.length));
    }).on('error', reject);
  });
}

export async function open() {
  server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(people.slice(0, 3)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

export async function close() {
  agent.destroy();
  await new Promise((resolve) => server.close(resolve));
}

/** By name. */
export const subjects = {
  // Packages.
  'acorn parses a module': () =>
    parse(code, { ecmaVersion: 2022, sourceType: 'module' }).body.length,
  'acorn tokenizes': () =>
    [...tokenizer(code, { ecmaVersion: 2022, sourceType: 'module' })].length,
  'ajv accepts': () => validate(people),
  'ajv refuses': () => validate(wrong),
  'lru-cache fills': () => {
    const cache = new LRUCache({ max: 100 });
    for (let i = 0; i < 200; i++) cache.set(`key ${i}`, { i });
    return cache.size;
  },
  'lru-cache finds': () => {
    let found = 0;
    for (let i = 0; i < 100; i++) if (full.get(`key ${i}`)) found++;
    return found;
  },
  'lru-cache replaces': () => {
    for (let i = 0; i < 100; i++) full.set(`key ${i}`, { i });
  },
  'marked renders': () => marked(prose).length,
  'mustache renders': () => Mustache.render(template, { people }).length,
  'mustache compiles and renders': () => {
    Mustache.clearCache();
    return Mustache.render(template, { people: people.slice(0, 20) }).length;
  },
  // The language.
  classes: () => {
    let sum = new Point(0, 0);
    for (let i = 0; i < 500; i++) sum = sum.plus(new Point(i, 1));
    return sum.x;
  },
  closures: () => people.map((person) => () => person.id).length,
  'JSON.parse': () => JSON.parse(json).length,
  'JSON.stringify': () => JSON.stringify(people).length,
  Map: () => {
    const map = new Map();
    for (let i = 0; i < 1_000; i++) map.set(i, { i });
    return map.size;
  },
  'regular expressions': () => prose.match(/\w+/g).length,
  'Set of strings': () => new Set(people.map(({ name }) => name.toUpperCase())).size,
  sort: () => [...people].sort((a, b) => b.id - a.id)[0].id,
  strings: () => people.reduce((text, { name }) => `${text}${name}, `, '').length,
  structuredClone: () => structuredClone(people).length,
  // Node.
  Buffer: () => Buffer.concat([bytes, bytes]).length,
  crypto: () => createHash('sha256').update(bytes).digest('hex'),
  events: () => {
    for (let i = 0; i < 100; i++) emitter.emit('event', { i });
  },
  URL: () => new URL('http://a.b/c?d=e&f=g').searchParams.get('f'),
  'zlib gunzips at once': () => gunzipSync(packed).length,
  // Across turns.
  'async generator': async () => {
    let sum = 0;
    for await (const { id } of later(people.slice(0, 50))) sum += id;
    return sum;
  },
  awaits: async () => {
    let sum = 0;
    for (let i = 0; i < 50; i++) sum += await Promise.resolve(i);
    return sum;
  },
  'crypto.subtle digests': async () =>
    (await webcrypto.subtle.digest('SHA-256', bytes)).byteLength,
  'events are awaited': async () => {
    setImmediate(() => emitter.emit('late', 1));
    return (await once(emitter, 'late'))[0];
  },
  'fetch gets a page': async () => {
    const { port } = server.address();
    return (await (await fetch(`http://127.0.0.1:${port}/`)).text()).length;
  },
  'fs reads a file': async () => (await readFile(here, 'utf8')).length,
  'fs streams a file': async () => {
    let length = 0;
    for await (const chunk of createReadStream(here)) length += chunk.length;
    return length;
  },
  'http serves a request': request,
  'lru-cache fetches': async () => {
    let found = 0;
    for (let i = 0; i < 20; i++) found += (await loading.fetch(i)).id;
    return found;
  },
  'Promise.all': async () => (await Promise.all(people.map(async ({ id }) => id))).length,
  streams: async () => {
    let length = 0;
    await pipeline(Readable.from(people.slice(0, 50)), async (source) => {
      for await (const { name } of source) length += name.length;
    });
    return length;
  },
  timers: async () => {
    for (let i = 0; i < 3; i++) await sleep(1);
  },
  'zlib there and back': async () => (await gunzipLater(await gzipLater(bytes))).length,
};
