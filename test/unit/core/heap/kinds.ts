// Every kind of step there is: a path as V8 draws it, and what it is read as.

import { GLOBAL, ROOTS } from './paths.js';

export const KINDS: readonly (readonly [what: string, path: string, kinds: string])[] = [
  ['a global', `${GLOBAL}\nproperty leaked > object Session`, 'global leaked'],
  [
    'a global in a realm of its own',
    `shortcut 2 > hidden system / NativeContext
     internal global_object > object global (global*)
     property leaked > object Session`,
    'global leaked',
  ],
  [
    'a variable of a module, through the module itself',
    `element 5 > native Node / Environment
     element 4 > native Node / ModuleWrap
     internal 1 > object ModuleWrap
     internal 2 > hidden system / SourceTextModule
     internal 4 > object Generator
     internal context > object system / Context
     context sessions > object Map`,
    'variable sessions',
  ],
  [
    'what a running function has',
    `element 1 > synthetic (GC roots)
     element 7 > synthetic (Stack roots)
     internal 71 > object system / Context
     context cache > object Cache
     property last > object Session`,
    'stack cache, property last',
  ],
  [
    'a variable of a function',
    `${GLOBAL}\nproperty f > closure counter @ 6
     internal context > object system / Context
     context session > object Session`,
    'global f, variable session',
  ],
  [
    'a variable of a block, whose name V8 does not tell',
    `${GLOBAL}\nproperty f > closure counter @ 6
     internal context > object system / Context
     hidden 0 > object Session`,
    'global f, variable ',
  ],
  [
    'an export of an ES module',
    `${GLOBAL}\nproperty f > closure TGlobal @ 9
     internal context > object system / Context
     internal extension > hidden system / SourceTextModule
     hidden 0 > array
     internal 10 > hidden system / Cell
     internal value > object Session`,
    'export ',
  ],
  [
    'an export of a CommonJS module',
    `${GLOBAL}\nproperty x > object Module
     property exports > object Object
     property store > object Array
     element 0 > object Session`,
    'export store, element 0',
  ],
  [
    "a module in a runner's registry",
    `${GLOBAL}\nproperty x > object Map
     internal table > array
     internal 5 > object Object < /home/ada/app/src/registry.ts
     property exports > object Object
     property store > object Array
     element 3 > object Session`,
    'export store, element 3',
  ],
  [
    'properties, symbols, private fields and prototypes',
    `${GLOBAL}\nproperty a > object A
     property b > object B
     property <symbol tag> > object C
     property #secret > object D
     property __proto__ > object E`,
    'global a, property b, property [tag], private-field #secret, prototype ',
  ],
  [
    'the name of a property that has a number',
    `${GLOBAL}\nproperty a > object Object
     internal properties > array
     internal 7 > string user-5`,
    'global a, property user-5',
  ],
  [
    'a Set',
    `${GLOBAL}\nproperty a > object Set
     internal table > array
     internal 5 > object Session`,
    'global a, set-entry ',
  ],
  [
    'a value in a WeakMap',
    `${GLOBAL}\nproperty key > object Key
     internal 3 / part of key (Key @1) -> value (Session @2) pair in WeakMap (table @3) > object Session < Key`,
    'global key, weak-map-value ',
  ],
  [
    'a listener, the only one of its event',
    `${GLOBAL}\nproperty bus > object EventEmitter
     property _events > object Object
     property data > closure onData @ 6
     internal context > object system / Context
     hidden 0 > object Session`,
    'global bus, listener data, variable ',
  ],
  [
    'a listener of several, added with once',
    `${GLOBAL}\nproperty bus > object EventEmitter
     property _events > object Object
     property data > object Array
     element 1 > closure native_bind
     property listener > closure onData @ 6`,
    'global bus, listener data',
  ],
  [
    'a listener of an EventTarget',
    `${GLOBAL}\nproperty target > object EventTarget
     property <symbol kEvents> > object Map
     internal table > array
     internal 6 > object Object < abort
     property next > object Listener
     property next > object Listener
     property listener > closure onAbort @ 6`,
    'global target, listener abort',
  ],
  [
    'a timer',
    `${GLOBAL}\nproperty clearInterval > closure clearInterval
     internal context > object system / Context
     context timerListMap > object Object
     element 1000000 > object TimersList
     property _idleNext > object Timeout
     property _idleNext > object Timeout
     property _onTimeout > closure poll @ 6
     internal context > object system / Context
     context session > object Session`,
    'timer Timeout, variable session',
  ],
  [
    "a timer in the user's own hands",
    `${GLOBAL}\nproperty poller > object Timeout\nproperty _onTimeout > closure poll @ 6`,
    'global poller, timer Timeout',
  ],
  [
    'a callback of a promise',
    `${GLOBAL}\nproperty p > object Promise
     internal reactions_or_result > hidden system / PromiseReaction
     hidden 0 > hidden system / PromiseReaction
     hidden 1 > closure later @ 6`,
    'global p, reaction ',
  ],
  [
    'what then() returned',
    `${GLOBAL}\nproperty p > object Promise
     internal reactions_or_result > hidden system / PromiseReaction
     hidden 3 > object Promise
     internal reactions_or_result > object Session`,
    'global p, chained-promise , promise-result ',
  ],
  [
    'a local variable across an await',
    `${GLOBAL}\nproperty p > object Promise
     internal reactions_or_result > hidden system / PromiseReaction
     hidden 1 > closure 
     internal context > object system / Context
     internal extension > object Generator
     internal parameters_and_registers > array
     internal 1 > object Session`,
    'global p, await waits',
  ],
  [
    'a local variable of a generator',
    `${GLOBAL}\nproperty g > object walk
     internal parameters_and_registers > array
     internal 1 > object Session`,
    'global g, generator waits',
  ],
  [
    'the store of an AsyncLocalStorage, before Node 24 and since',
    `${GLOBAL}\nproperty t > object Timeout
     property <symbol kResourceStore> > object Frame
     property <symbol kAsyncContextFrame> > object AsyncContextFrame
     internal table > array
     internal 6 > object Session < AsyncLocalStorage`,
    'global t, async-context , async-context ',
  ],
  [
    'a bound function',
    `${GLOBAL}\nproperty f > closure native_bind
     internal bound_this > closure native_bind
     internal bound_argument_0 > object Session`,
    'global f, bound-this , bound-argument 0',
  ],
  [
    'a Proxy',
    `${GLOBAL}\nproperty p > hidden system / JSProxy\nhidden 1 > object Session`,
    'global p, proxy-target ',
  ],
  [
    'a FinalizationRegistry',
    `${GLOBAL}\nproperty r > object FinalizationRegistry
     hidden 4 > hidden system / WeakCell
     hidden 2 > object Session`,
    'global r, finalizer ',
  ],
  [
    "Node's own handles",
    `element 5 > native Node / Environment
     internal cleanup_queue > native Node / CleanupQueue
     element 4 > native Node / TCPWrap
     internal native_to_javascript > object TCP
     property <symbol owner> > object Socket`,
    'native TCPWrap, property [owner]',
  ],
  [
    "what only V8's roots hold",
    `${ROOTS}\ninternal 34 > object Session`,
    'root Global handles',
  ],
  [
    'what nobody knows, as V8 calls it',
    `${GLOBAL}\nproperty x > object X
     internal odd_thing > hidden system / Odd
     hidden 4 > object Session`,
    'global x, internal odd_thing, internal 4',
  ],
];
