import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0003 Rules as functions over one mutable state","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0003-rules-over-one-mutable-state.md","filePath":"decisions/0003-rules-over-one-mutable-state.md"}',
);
const _sfc_main = { name: "decisions/0003-rules-over-one-mutable-state.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0003-rules-as-functions-over-one-mutable-state" tabindex="-1">0003 Rules as functions over one mutable state <a class="header-anchor" href="#_0003-rules-as-functions-over-one-mutable-state" aria-label="Permalink to &quot;0003 Rules as functions over one mutable state&quot;">​</a></h1><p><strong>Context.</strong> The same rules serve a pool in memory, in shared memory and over databases. A transition that returns a new state allocates on the hot path; a command object per call does too.</p><p><strong>Decision.</strong> <code>src/core/rules.ts</code> holds functions over a mutable <code>PoolState</code> with named fields, each of which first checks every level and axis and only then assigns. Callers bring exclusion and the time.</p><p><strong>Consequence.</strong> The pool of one process calls them without copying; a store loads a state, calls them, and writes it back inside one exclusive step. Fields are written out axis by axis where it is hot.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0003-rules-over-one-mutable-state.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0003RulesOverOneMutableState = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0003RulesOverOneMutableState as default };
