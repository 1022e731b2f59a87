import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0015 Where the rules run, store by store","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0015-where-the-rules-run.md","filePath":"decisions/0015-where-the-rules-run.md"}',
);
const _sfc_main = { name: "decisions/0015-where-the-rules-run.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0015-where-the-rules-run-store-by-store" tabindex="-1">0015 Where the rules run, store by store <a class="header-anchor" href="#_0015-where-the-rules-run-store-by-store" aria-label="Permalink to &quot;0015 Where the rules run, store by store&quot;">​</a></h1><p><strong>Context.</strong> A batch needs one exclusive step. SQLite&#39;s driver is synchronous; Redis runs scripts and has no conditional transaction that is fair; Postgres has both functions and snapshots. A lock that is held across trips collapses under load (0.15 × a bare update, measured), and rules that are written twice drift apart.</p><p><strong>Decision.</strong> SQLite: in the process, inside <code>BEGIN IMMEDIATE</code>. Redis: in a Lua script that mirrors <code>core/rules.ts</code> and <code>stores/apply.ts</code> section by section, judges first and writes last. Postgres: in the process, between one trip that reads and one that writes if the version of the tree is still the same, or on books known from before in the writing trip alone; a process that was too late takes a turn, which is a row with a time limit and not a lock.</p><p><strong>Consequence.</strong> Two stores cannot break a rule, because they have none. The script can: thousands of random series of batches with every command are executed in it and in memory in every test run, and every outcome, figure and line must be the same. That has caught what no example did. Contended Postgres batches are computed twice.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0015-where-the-rules-run.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0015WhereTheRulesRun = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0015WhereTheRulesRun as default };
