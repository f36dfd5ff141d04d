#!/usr/bin/env node
import { run } from '../dist/esm/index.js';

process.exitCode = await run(process.argv.slice(2), process);
