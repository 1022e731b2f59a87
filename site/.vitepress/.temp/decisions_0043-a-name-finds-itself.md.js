import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0043 A model name matches that model only","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0043-a-name-finds-itself.md","filePath":"decisions/0043-a-name-finds-itself.md"}',
);
const _sfc_main = { name: "decisions/0043-a-name-finds-itself.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0043-a-model-name-matches-that-model-only" tabindex="-1">0043 A model name matches that model only <a class="header-anchor" href="#_0043-a-model-name-matches-that-model-only" aria-label="Permalink to &quot;0043 A model name matches that model only&quot;">​</a></h1><p><strong>Context.</strong> genai-prices finds models by how a name begins. <code>claude-opus-4.6-fast</code> had the price of <code>claude-opus-4.6</code> at a sixth of its own, and every later model of a family that of the first.</p><p><strong>Decision.</strong> The tables that are made from it keep dated names and the aliases that a provider documents, and let no pattern swallow a longer or newer name: an unknown suffix is an unknown model. A name that several providers have is not resolved by guess. The dearer price counts where another model answers than was asked for. Bedrock answers with Anthropic&#39;s own name of a model, which says nothing of the region: there the name that was asked for counts.</p><p><strong>Consequence.</strong> A new model is unknown until the tables have it. The library refuses it, and says how old the prices are; <code>run</code> books it at the dearest rates of its provider, so that an agent whose default model is new still works under its cap.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0043-a-name-finds-itself.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0043ANameFindsItself = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0043ANameFindsItself as default };
