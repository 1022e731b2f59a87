import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0064 The command line uses the SQLite that is available","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0064-sqlite-of-the-runtime-or-beside.md","filePath":"decisions/0064-sqlite-of-the-runtime-or-beside.md"}',
);
const _sfc_main = { name: "decisions/0064-sqlite-of-the-runtime-or-beside.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0064-the-command-line-uses-the-sqlite-that-is-available" tabindex="-1">0064 The command line uses the SQLite that is available <a class="header-anchor" href="#_0064-the-command-line-uses-the-sqlite-that-is-available" aria-label="Permalink to &quot;0064 The command line uses the SQLite that is available&quot;">​</a></h1><p><strong>Context.</strong> The package runs on Node.js 20.19, which has no <code>node:sqlite</code>. Half of the commands ended there with advice for programmers (<code>sqliteStore(new Database(…))</code>), which is of no use at a shell.</p><p><strong>Decision.</strong> The command line opens files with <code>node:sqlite</code>; where that is missing, with better-sqlite3, resolved from where token-budget is installed and never from the working folder (0040). Where neither is there, it says in one line which Node.js or package to install, and that a run without <code>--pool</code> works. The library is as it was: its message is for programmers. The entry of the program imports nothing of its own before it has looked at the version of Node.js.</p><p><strong>Consequence.</strong> No dependency is added. <code>token-budget doctor</code> says which of the two is in use. A better-sqlite3 that was built for another Node.js is reported with its own message.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0064-sqlite-of-the-runtime-or-beside.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0064SqliteOfTheRuntimeOrBeside = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0064SqliteOfTheRuntimeOrBeside as default };
