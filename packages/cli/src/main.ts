// What is written on the command line, and what is said when it is wrong.

import { HighwaterError, parseCount, VERSION } from '@highwater/core';
import { DEFAULT_WINDOW, type FailOn } from '@highwater/report';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type CompareFlags, compare } from './compare.js';
import { type GateFlags, gate } from './gate.js';
import { type MergeFlags, merge } from './merge.js';
import { type ShowFlags, show } from './show.js';
import { UsageError } from './usage-error.js';
import type { World } from './world.js';

const USED_WRONGLY = 2;

/**
 * Runs the command.
 *
 * @param args without the program: `['gate', '--against', 'main.json']`
 * @returns the exit code: 0; 1 when a gate fails; 2 when it was used wrongly or cannot read its input
 */
export async function run(args: readonly string[], world: World): Promise<number> {
  let code = 0;
  const program = programFor(world, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? 0 : USED_WRONGLY;
    }
    const isKnown = error instanceof HighwaterError || error instanceof UsageError;
    const { message, stack } = error as Error;
    world.stderr.write(`highwater: ${isKnown ? message : stack}\n`);
    return USED_WRONGLY;
  }
}

function programFor(world: World, done: (code: number) => void): Command {
  const program = new Command('highwater')
    .description(
      'Gates, compares and shows what the tests of a suite cost in memory.\n\n' +
        'A test run with highwater leaves .highwater/run.json behind: what every test allocated, ' +
        'its peak, what it left. The commands read such files, and nothing else.',
    )
    .version(VERSION)
    .option('--no-color', 'no colours, as with NO_COLOR=1')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      getOutHelpWidth: () => world.stdout.columns ?? 80,
      getErrHelpWidth: () => world.stderr.columns ?? 80,
    })
    .showHelpAfterError('Try --help.')
    .addHelpText('after', MAIN_HELP);
  addGate(program, world, done);
  addCompare(program, world, done);
  addShow(program, world, done);
  addMerge(program, world, done);
  return program;
}

const TOLERANCE = 'allowed change, for every number or for one: 5%, 64kB, peak=1MB';
const RUNS = 'run.json files, or folders that have them; default: .highwater/run.json';

function addGate(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('gate')
    .summary('fail when a limit is broken or something costs more')
    .description(
      'Judges a run by the limits and baselines of its tests, and by another run if there is one. ' +
        'Several files are shards of one run.',
    )
    .argument('[runs...]', RUNS)
    .optionsGroup('What it is held against:')
    .option('--against <run>', 'a run of the main branch')
    .option(
      '--history <path>',
      'earlier runs, a file or a folder: the noise of each test is taken from them',
      collected,
    )
    .addOption(
      new Option('--window <runs>', 'how many of the newest earlier runs count')
        .default(DEFAULT_WINDOW)
        .argParser(count),
    )
    .option('--tolerance <change>', TOLERANCE, separated)
    .addOption(
      new Option(
        '--fail-on <what>',
        'what fails the gate too: improved (exact numbers are wanted), incomplete (records are missing, or limits were not checked), left-behind (what files leave behind could not be compared)',
      ).argParser(failOn),
    )
    .optionsGroup('Where to write the verdict, besides the terminal (- is stdout):')
    .option('--junit <file>', 'JUnit XML')
    .option('--markdown <file>', 'a page of Markdown, for a comment')
    .option('--json <file>', 'the verdict as data')
    .option('--sarif <file>', 'SARIF 2.1.0, for code scanning')
    .option('--gitlab <file>', "GitLab's code quality report")
    .option('--no-ci', 'do not write what GitHub Actions and GitLab show')
    .addHelpText('after', GATE_HELP)
    .action((paths: string[], _: unknown, command: Command) => {
      done(gate(paths, command.optsWithGlobals<GateFlags>(), world));
    });
}

function addCompare(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('compare')
    .summary('show what changed between two runs')
    .description(
      'Every test whose cost changed beyond its tolerance, with the callsites that changed, ' +
        'what matters most first. Exits with 0 whatever it finds; `gate` is for judging.',
    )
    .argument('<before>', 'a run.json, or a folder of shards')
    .argument('<after>', 'another')
    .option('--tolerance <change>', TOLERANCE, separated)
    .option(
      '--json <file>',
      'the comparison as data, tests that cost the same included (- is stdout)',
    )
    .addOption(sitesOption())
    .action((before: string, after: string, _: unknown, command: Command) => {
      done(compare(before, after, command.optsWithGlobals<CompareFlags>(), world));
    });
}

function addShow(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('show')
    .summary('show the summary of a run again, or one test of it')
    .argument('[runs...]', RUNS)
    .option('--test <name>', 'tests with this in their name, in detail')
    .addOption(
      new Option('--top <tests>', 'how many tests in each list of the largest')
        .default(5)
        .argParser(count),
    )
    .addOption(sitesOption())
    .action((paths: string[], _: unknown, command: Command) => {
      done(show(paths, command.optsWithGlobals<ShowFlags>(), world));
    });
}

function addMerge(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('merge')
    .summary('make one run of the runs of shards')
    .argument('<runs...>', 'run.json files, or folders that have them')
    .option('-o, --out <file>', 'where to; default: .highwater/run.json')
    .action((paths: string[], _: unknown, command: Command) => {
      done(merge(paths, command.optsWithGlobals<MergeFlags>(), world));
    });
}

function sitesOption(): Option {
  return new Option('--sites <callsites>', 'how many callsites of a test')
    .default(5)
    .argParser(count);
}

/** An option that may be given again. */
function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `5%,peak=1MB` is two. */
function separated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',').map((one) => one.trim())];
}

const FAIL_ON: readonly FailOn[] = ['improved', 'incomplete', 'left-behind'];

function failOn(value: string, before: readonly FailOn[] = []): readonly FailOn[] {
  const added = separated(value).map((name) => {
    const known = FAIL_ON.find((one) => one === name);
    if (known === undefined) {
      throw new InvalidArgumentError(`Write one of ${FAIL_ON.join(', ')}.`);
    }
    return known;
  });
  return [...before, ...added];
}

function count(value: string): number {
  try {
    return parseCount(value.trim() === '' ? Number.NaN : Number(value), 'it');
  } catch {
    throw new InvalidArgumentError('Write a whole number, 0 or more.');
  }
}

const MAIN_HELP = `
Examples:
  HIGHWATER=1 npx vitest run        measure every test, once
  highwater show                    the summary of that run again
  highwater show --test "parses"    one test: numbers, limits, callsites
  highwater gate                    fail when a limit or a baseline is broken
  highwater gate --against main/run.json
                                    and when a test costs more than on main

Exit codes: 0 nothing worse, 1 regressed or a limit broken, 2 used wrongly.`;

const GATE_HELP = `
Examples:
  highwater gate
  highwater gate --against main/run.json --tolerance 5%,peak=1MB
  highwater gate shard-*/run.json --history runs/ --junit memory.xml

In GitHub Actions it annotates the lines of tests and writes the job's summary;
in GitLab it writes gl-code-quality-report.json. No token, no network.

Exit codes: 0 nothing worse, 1 regressed or a limit broken, 2 used wrongly
or input that cannot be read.`;
