import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0016 Prices are data, and unknown ones errors","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0016-prices-are-data.md","filePath":"decisions/0016-prices-are-data.md"}',
);
const _sfc_main = { name: "decisions/0016-prices-are-data.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0016-prices-are-data-and-unknown-ones-errors" tabindex="-1">0016 Prices are data, and unknown ones errors <a class="header-anchor" href="#_0016-prices-are-data-and-unknown-ones-errors" aria-label="Permalink to &quot;0016 Prices are data, and unknown ones errors&quot;">​</a></h1><p><strong>Context.</strong> Prices change every week, and a budget that takes a model it does not know for free is no budget. <code>@pydantic/genai-prices</code> collects what providers publish, with tiers and dates, under MIT; it counts in floating point, answers <code>null</code> for what it does not know, and falls back from audio that comes out to text.</p><p><strong>Decision.</strong> The tables are made from it at build time and are part of the package; nothing is fetched. Rates times counts are integers, rounded up once. What has no price throws <code>PriceUnknown</code>, unless a rate that is known to be the same or dearer stands in.</p><p><strong>Consequence.</strong> A table is as old as the release: <code>asOf</code> says so, and <code>with</code> overrides it. The library it is made from is an oracle of the tests, model by model. Who needs a price of tomorrow adds it in one line.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0016-prices-are-data.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0016PricesAreData = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, _0016PricesAreData as default };
