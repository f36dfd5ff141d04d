// Bodies that the addon calls, with known answers. Prints one line of JSON.

import vm from 'node:vm';
import { loadNative } from '@highwater/native';

const addon = loadNative();
const DOUBLES = 1_000;
const ARRAY_BYTES = 16 + 16 + 16 + DOUBLES * 8;
const kept = [];
const hold = (count) => {
  for (let index = 0; index < count; index++) kept.push(new Array(DOUBLES).fill(0.5));
};
const windows = [];
const plan = (body, more = {}) => ({
  self: undefined,
  args: [],
  body,
  returned: (value) => {
    windows.push(addon.closeTestWindow());
    return value;
  },
  threw: () => {
    windows.push(addon.closeTestWindow());
  },
  ...more,
});
const open = () => addon.openTestWindow('counters', 0, 'young', 0);

/** What a window around the body says that it allocated. */
function allocated(body, more, before = () => {}) {
  const caller = addon.bodyCaller(() => {
    open();
    before();
    return plan(body, more);
  });
  const call = () => {
    try {
      return caller();
    } catch (error) {
      return error;
    }
  };
  // Compiled before it counts.
  call();
  windows.length = 0;
  kept.length = 0;
  const result = call();
  return {
    arrays: Math.round((windows[0].allocatedBytes / ARRAY_BYTES) * 100) / 100,
    result,
  };
}

const nothing = () => {};
const empty = allocated(nothing);
const formatted = addon.unmeasured(() => hold(50));
const answers = {
  emptyBytes: windows[0].allocatedBytes,
  empty: empty.arrays,
  ten: allocated(() => hold(10)).arrays,
  // Of who watches, before and after.
  tenAfterFifty: allocated(
    () => hold(10),
    {},
    () => hold(50),
  ).arrays,
  tenBeforeFifty: allocated(() => hold(10), {
    returned: () => {
      hold(50);
      windows.push(addon.closeTestWindow());
    },
  }).arrays,
  tenBesideUnmeasured: allocated(() => {
    hold(5);
    formatted();
    hold(5);
  }).arrays,
  tenThenThrown: allocated(() => {
    hold(10);
    throw 'thrown';
  }),
  thrownBySomeoneElse: allocated(
    () => {
      throw 'body';
    },
    {
      threw: () => {
        windows.push(addon.closeTestWindow());
        throw 'threw';
      },
    },
  ).result,
};

const seen = [];
const self = { name: 'self' };
const caller = addon.bodyCaller(function (...args) {
  seen.push(['prepare', this === self, args]);
  return plan(
    function (...given) {
      seen.push(['body', this === self, given]);
      return 'returned';
    },
    { self: this, args: [...args, 3], returned: (value) => `${value}, and heard` },
  );
});
answers.called = [caller.call(self, 1, 2), seen];
answers.kind = [typeof caller, caller.length, caller.name, caller instanceof Function];

function named() {
  return new Error('stack').stack;
}
const stackOf = addon.bodyCaller(function ofTheWatcher() {
  return plan(named, { returned: (value) => value });
});
answers.stack = stackOf()
  .split('\n')
  .slice(1, 3)
  .map((line) => line.trim().replace(/[(\s]\S*\/|[:\d)]+$/g, ' '));

answers.prepareThrows = (() => {
  try {
    addon.bodyCaller(() => {
      throw 'prepare';
    })();
    return 'nothing';
  } catch (error) {
    return error;
  }
})();
// A watcher that is wrong: the body is not called, and nothing crashes.
answers.noPlan = [
  addon.bodyCaller(() => undefined)(),
  addon.bodyCaller(() => ({}))(),
].map(String);
answers.noFunction = String(addon.bodyCaller(1));

const context = vm.createContext({ addon, plan });
answers.otherWorld = vm.runInContext(
  'const f = addon.bodyCaller(() => plan(() => 7, { returned: (value) => value + 1 })); [f(), f instanceof Function]',
  context,
);

answers.callerIn = addon.callerIn('called.mjs', false);
answers.callerInOther = String(addon.callerIn('other.mjs', false));
answers.startOf = addon.startOf(named, false);
answers.startOfBuiltin = String(addon.startOf(Array.prototype.map, false));
answers.startOfNothing = String(addon.startOf({}, false));

// A second one is inside the first: what the watcher of either does is in neither.
const inner = addon.bodyCaller(() => {
  hold(50);
  return plan(() => hold(10), { returned: (value) => value });
});
answers.nested = allocated(() => inner()).arrays;
const thrower = addon.bodyCaller(() =>
  plan(() => hold(1), {
    returned: () => {
      throw 'judged';
    },
  }),
);
const outer = [];
const around = addon.bodyCaller(() =>
  plan(thrower, {
    returned: () => outer.push('returned'),
    threw: (error) => outer.push(error),
  }),
);
try {
  around();
} catch (error) {
  outer.push(error);
}
answers.thrownWithin = outer;
console.log(JSON.stringify(answers));
