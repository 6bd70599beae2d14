// The install script of a package that went bad: it looks for an npm credential where the worms of 2025
// and 2026 looked, and writes down the places where it found one. It sends nothing anywhere.
//
// It is told what to look for by harvest-plan.json in the project's folder: the SHA-256 of each canary, so
// that neither the plan nor this script is a place where one lies, and the test's process id, beyond which
// it looks at no process. It takes every word that could be a credential and compares hashes.
'use strict';
const { createHash } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const fileLimit = 1 << 20;
const filesLimit = 20000;

// project is the nearest folder with a plan above where the script runs, or above where it was asked for.
function project() {
  for (const start of [process.cwd(), __dirname, process.env.INIT_CWD]) {
    for (let dir = start; dir; dir = dir === path.dirname(dir) ? '' : path.dirname(dir)) {
      if (fs.existsSync(path.join(dir, 'harvest-plan.json'))) return dir;
    }
  }
  process.exit(0); // nobody's test
}

const root = project();
const plan = JSON.parse(fs.readFileSync(path.join(root, 'harvest-plan.json'), 'utf8'));
const wanted = new Set(plan.sha256);
const home = process.env.HOME || os.homedir();
const config = process.env.XDG_CONFIG_HOME || path.join(home, '.config');
const state = process.env.XDG_STATE_HOME || path.join(home, '.local', 'state');
const runtime = process.env.XDG_RUNTIME_DIR;
const report = { found: [], looked: { env: 0, files: 0, processes: 0, descriptors: 0 }, asked: [] };

const attempt = (f, otherwise) => { try { return f(); } catch { return otherwise; } };

// holds tells whether a canary is a word of the text, as it is or inside base64.
function holds(text) {
  for (const shape of [/[\w.~+-]{16,}/g, /[\w.~+\/=:-]{16,}/g]) {
    for (const [word] of text.matchAll(shape)) {
      if (wanted.has(createHash('sha256').update(word).digest('hex'))) return true;
    }
  }
  for (const [word] of text.matchAll(/[\w+\/-]{32,}={0,2}/g)) {
    const plain = Buffer.from(word, 'base64').toString('latin1');
    for (const [part] of plain.matchAll(/[\w.~+-]{16,}/g)) {
      if (wanted.has(createHash('sha256').update(part).digest('hex'))) return true;
    }
  }
  return false;
}

function look(kind, name, text) {
  if (text && holds(text)) report.found.push({ kind, name });
}

// read returns what is in a file that is neither large nor a device, by a path that may go through /proc.
function read(file) {
  return attempt(() => {
    const info = fs.statSync(file);
    return info.isFile() && info.size <= fileLimit ? fs.readFileSync(file, 'latin1') : undefined;
  });
}

// short writes a path the way its owner would.
function short(file) {
  for (const [dir, sign] of [[root, '.'], [runtime, '$XDG_RUNTIME_DIR'], [process.env.TMPDIR, '$TMPDIR'], [home, '~']]) {
    if (dir && (file === dir || file.startsWith(dir + path.sep))) return sign + file.slice(dir.length);
  }
  return file;
}

const seen = new Set(['harvest-plan.json', 'harvest-found.json'].map((name) => path.join(root, name)));

function lookFile(file) {
  const real = attempt(() => fs.realpathSync(file));
  if (!real || seen.has(real) || seen.size > filesLimit) return;
  seen.add(real);
  const text = read(file);
  if (text === undefined) return;
  report.looked.files++;
  look('file', short(file), text);
}

// lookBelow looks at every file below a folder, as TruffleHog does; links to folders are not followed.
function lookBelow(dir) {
  for (const entry of attempt(() => fs.readdirSync(dir, { withFileTypes: true }), [])) {
    const name = path.join(dir, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') lookBelow(name);
    } else lookFile(name);
  }
}

// processes maps the test's process and all below it to their parents.
function processes() {
  const parents = new Map();
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = attempt(() => fs.readFileSync(`/proc/${pid}/stat`, 'latin1'), '');
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent) parents.set(Number(pid), Number(parent));
  }
  return parents;
}

function line(pid, parents) {
  const all = [];
  for (let p = pid; p && p !== plan.pid; p = parents.get(p)) all.push(p);
  return all;
}

function lookProcess(pid, relation) {
  const program = path.basename(attempt(() => fs.readlinkSync(`/proc/${pid}/exe`), '?'));
  report.looked.processes++;
  for (const what of ['environ', 'cmdline']) {
    look(`${relation} ${what}`, program, attempt(() => fs.readFileSync(`/proc/${pid}/${what}`, 'latin1')));
  }
  for (const fd of attempt(() => fs.readdirSync(`/proc/${pid}/fd`), [])) {
    const file = `/proc/${pid}/fd/${fd}`;
    const target = attempt(() => fs.readlinkSync(file), '');
    // Pipes and terminals would wait for ever; files of names are found below.
    const hidden = target.startsWith('/memfd:') || target.endsWith(' (deleted)');
    if (!hidden && !(runtime && target.startsWith(runtime + path.sep))) continue;
    const text = read(file);
    if (text === undefined) continue;
    report.looked.descriptors++;
    look(`${relation} fd`, `${program} ${target.replace(/\d+/g, 'N')}`, text);
  }
}

// ask is what no worm does yet: it calls Sandglass itself.
function ask(name, ...args) {
  const done = spawnSync('sandglass', args, { encoding: 'latin1', timeout: 45000, input: '' });
  if (done.error?.code === 'ENOENT') return;
  const got = holds(done.stdout || '');
  report.asked.push({ command: name, status: done.status ?? -1, got });
  if (got) report.found.push({ kind: 'asked', name });
}

for (const [name, value] of Object.entries(process.env)) {
  report.looked.env++;
  look('env', name, `${name}\n${value}`);
}
const parents = processes();
const above = new Set(line(process.ppid, parents));
for (const pid of above) lookProcess(pid, 'ancestor');
for (const pid of parents.keys()) {
  const ours = line(pid, parents).at(-1);
  if (pid !== process.pid && pid !== plan.pid && !above.has(pid) && parents.get(ours) === plan.pid) lookProcess(pid, 'process');
}

const dotFiles = ['.npmrc', '.yarnrc.yml', '.yarnrc', '.bunfig.toml', '.netrc', '.bashrc', '.zshrc', '.profile', '.env'];
for (const name of dotFiles) lookFile(path.join(home, name));
for (const name of ['auth.ini', 'rc', 'config.yaml']) lookFile(path.join(config, 'pnpm', name));
for (const name of ['.npmrc', '.yarnrc.yml', '.env', '.env.yarn', 'bunfig.toml']) lookFile(path.join(root, name));
for (const dir of [path.join(config, 'fish'), path.join(config, 'sandglass'), path.join(state, 'sandglass'), runtime && path.join(runtime, 'sandglass')]) {
  if (dir) lookBelow(dir);
}
for (const value of Object.values(process.env)) {
  if (path.isAbsolute(value)) lookFile(value);
}
for (const dir of [process.env.TMPDIR, root, home]) {
  if (dir) lookBelow(dir);
}
if (plan.ask) {
  ask('helper', 'helper', plan.registry);
  ask('env', 'env', '--shell', 'bash');
  ask('exec', 'exec', '--', process.execPath, '-p', 'JSON.stringify(process.env)');
}
fs.writeFileSync(path.join(root, 'harvest-found.json'), JSON.stringify(report));
