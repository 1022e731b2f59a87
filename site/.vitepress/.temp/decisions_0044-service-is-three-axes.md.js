import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0044 Service is three axes","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0044-service-is-three-axes.md","filePath":"decisions/0044-service-is-three-axes.md"}',
);
const _sfc_main = { name: "decisions/0044-service-is-three-axes.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0044-service-is-three-axes" tabindex="-1">0044 Service is three axes <a class="header-anchor" href="#_0044-service-is-three-axes" aria-label="Permalink to &quot;0044 Service is three axes&quot;">​</a></h1><p><strong>Context.</strong> How a call is served changes its price in three ways that combine: Anthropic&#39;s fast mode (6 times), its place (1.1 times) and a batch (half) may all hold for one call. One list of words knew one of them at a time.</p><p><strong>Decision.</strong> <code>tier</code>, <code>speed</code> and <code>place</code> each have a table of multipliers, by provider and by model, and multiply. What an answer says was served wins over what was asked for, on its own axis. Words for the default are 1. For a word that is not known, a meter holds and books the dearest multiplier of that axis, and marks the booking; <code>price.cost</code> throws. A user&#39;s own <code>multipliers</code> count on whichever axis their word stands.</p><p><strong>Consequence.</strong> A tier that was asked for and not served, which Anthropic and OpenAI may do, costs what was served. A new tier that is dearer than all known ones is under-booked, and marked.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0044-service-is-three-axes.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0044ServiceIsThreeAxes = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0044ServiceIsThreeAxes as default };
