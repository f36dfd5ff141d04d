/** Of this package; baselines note who measured. `test/unit/core/version.test.ts` holds it to package.json. */
export const VERSION = '0.1.0';
