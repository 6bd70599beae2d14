// Answers questions about npm's own reading of config files: one JSON line in, one out.
const path = require('path')
const modules = process.argv[2]
const ini = require(path.join(modules, 'ini'))
const envReplace = require(path.join(modules, '@npmcli', 'config', 'lib', 'env-replace.js'))
const answer = q => {
  switch (q.op) {
    case 'parse':
      return ini.parse(Buffer.from(q.src, 'base64').toString('utf8'))
    case 'rewrite': { // what npm config set, login and logout do to a file
      const raw = ini.parse(Buffer.from(q.src, 'base64').toString('utf8'))
      for (const [k, v] of Object.entries(q.set || {})) raw[k] = v
      for (const k of q.remove || []) delete raw[k]
      return Buffer.from(ini.stringify(raw).trim() + '\n').toString('base64')
    }
    case 'expand':
      return envReplace(q.text, q.env)
  }
}
require('readline').createInterface({ input: process.stdin }).on('line', line => {
  let out
  try { out = { value: answer(JSON.parse(line)) } } catch (e) { out = { error: String(e) } }
  process.stdout.write(JSON.stringify(out) + '\n')
})
