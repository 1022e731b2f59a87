import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0021 Model and label in the ledger","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0021-model-and-label-in-the-ledger.md","filePath":"decisions/0021-model-and-label-in-the-ledger.md"}',
);
const _sfc_main = { name: "decisions/0021-model-and-label-in-the-ledger.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0021-model-and-label-in-the-ledger" tabindex="-1">0021 Model and label in the ledger <a class="header-anchor" href="#_0021-model-and-label-in-the-ledger" aria-label="Permalink to &quot;0021 Model and label in the ledger&quot;">​</a></h1><p><strong>Context.</strong> People ask who used what. The ledger had amounts and pools; models and teams as pools of their own would make every call lock more levels, and a pool for each model cannot be known before.</p><p><strong>Decision.</strong> A line may tell two words, <code>model</code> and <code>label</code>, given with a commit or a record. No rule looks at them: they are no part of a command&#39;s identity (R10), so that a retry which tells others is still the same command. An amendment has those of what it amends. The meter cuts a model&#39;s name to what the ledger takes rather than fail to book.</p><p><strong>Consequence.</strong> Sums by model and label are exact, also after amendments, over as much of the ledger as the store keeps: all of it in SQLite and Postgres, <code>retentionMs</code> in Redis. Tables of version 1 are brought to version 2 by two columns.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0021-model-and-label-in-the-ledger.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0021ModelAndLabelInTheLedger = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0021ModelAndLabelInTheLedger as default };
