// Applications with the tarball installed, in which the tools of one group are found as if they were installed beside it.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { must, path, run } from '../../../tools/lib/process.mjs';
import { inProject } from '../../package/project.mjs';
import { install, versionOf } from './tools.mjs';

const PAYLOADS = path('tests', 'spec', 'payloads', 'paygentic-examples.json');

/** A customer's list as Paygentic's API answers it: one feature is granted, another ended in 2025. */
const recordedList = () =>
  JSON.parse(readFileSync(PAYLOADS, 'utf8')).v20260520['GET /v1/entitlements 200 multipleEntitlements'];

/** What apps/ask.mjs has to answer of that list. */
export const EXPECTED = 'sso_enabled=true GRANTED, max_users=false EXPIRED, audit_log=false NOT_ENTITLED';

const HERE = path('tests', 'matrix', 'apps');
const TIMEOUT = 240_000;

/** One row's application: a folder of the project. */
class Application {
  constructor(project, tools, name) {
    this.project = project;
    this.tools = tools;
    this.name = name;
    this.folder = project.path(name);
    this.write('list.mjs', `export default ${JSON.stringify(recordedList())};\n`);
    this.take('ask.mjs');
  }

  path(...parts) {
    return join(this.folder, ...parts);
  }

  write(name, text) {
    this.project.write(`${this.name}/${name}`, text);
  }

  /** Copies a file or folder of apps/ to the application, under its own or another name. */
  take(name, as = name) {
    const filter = (file) => !/\/(node_modules|\.next|dist)$/.test(file);
    cpSync(join(HERE, name), this.path(as), { recursive: true, filter });
  }

  /** A file of the tarball as installed. */
  installed(...parts) {
    return this.project.path('node_modules', 'plangate', ...parts);
  }

  /** A file of a tool. */
  tool(...parts) {
    return join(this.tools, 'node_modules', ...parts);
  }

  version(name) {
    return versionOf(this.tools, name);
  }

  /** Runs a program in the application's folder; throws what it said when it fails. */
  must(command, args, env = {}) {
    return must(command, args, { cwd: this.folder, env, timeoutMs: TIMEOUT });
  }

  run(command, args, env = {}) {
    return run(command, args, { cwd: this.folder, env, timeoutMs: TIMEOUT });
  }

  /** Runs one of the tools that are written for Node. */
  node(tool, ...args) {
    return this.must(process.execPath, [this.tool(...tool.split('/')), ...args], { NODE_ENV: 'production' });
  }
}

/** Calls `work` with what makes applications beside the tools of a group. */
export async function withApplications(group, tarball, work) {
  const tools = await install(group);
  return inProject((project) => work((name) => new Application(project, tools, name)), { parent: tools, tarball });
}
