// A plugin of yarn's for the tests: it answers questions on standard input with yarn's own code.
module.exports = {
  name: 'plugin-judge',
  factory: require => {
    const {parseSyml} = require('@yarnpkg/parsers');
    const {Configuration, miscUtils, structUtils} = require('@yarnpkg/core');
    const {ppath} = require('@yarnpkg/fslib');
    const {npmConfigUtils, npmHttpUtils} = require('@yarnpkg/plugin-npm');
    const {BaseCommand} = require('@yarnpkg/cli');
    const answers = {
      // parse gives what a file says, as pairs of path and text.
      parse: q => {
        const list = [];
        const walk = (v, path) => {
          if (typeof v !== 'object' || v === null) list.push([path, v]);
          else for (const k of Object.keys(v)) walk(v[k], [...path, k]);
        };
        walk(parseSyml(Buffer.from(q.src ?? '', 'base64').toString('utf8')), []);
        return list;
      },
      expand: q => miscUtils.replaceEnvVariables(q.text, {env: q.env}),
      // token tells which token yarn would send for a package.
      token: (q, plugins) => {
        const c = Configuration.create(ppath.cwd(), ppath.cwd(), plugins);
        c.env = q.env;
        c.useWithSource('test', parseSyml(q.text), ppath.cwd(), {strict: false});
        const ident = structUtils.parseIdent(q.package);
        const registry = npmConfigUtils.getScopeRegistry(ident.scope, {configuration: c});
        const auth = npmConfigUtils.getAuthConfiguration(registry, {configuration: c, ident});
        return [registry, auth.get('npmAuthToken') || auth.get('npmAuthIdent') || ''];
      },
    };
    class Judge extends BaseCommand {
      static paths = [['judge']];
      async execute() {
        const {plugins} = await Configuration.find(ppath.cwd(), this.context.plugins);
        let text = '';
        for await (const chunk of this.context.stdin) text += chunk;
        const out = [];
        for (const line of text.split('\n').filter(Boolean)) {
          const q = JSON.parse(line);
          try {
            out.push(JSON.stringify({value: answers[q.op](q, plugins)}));
          } catch (e) {
            out.push(JSON.stringify({error: String(e.message)}));
          }
        }
        this.context.stdout.write(out.join('\n') + '\n');
      }
    }
    return {commands: [Judge]};
  },
};
