import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0001 Integer nano-dollars","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0001-integer-nano-dollars.md","filePath":"decisions/0001-integer-nano-dollars.md"}',
);
const _sfc_main = { name: "decisions/0001-integer-nano-dollars.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0001-integer-nano-dollars" tabindex="-1">0001 Integer nano-dollars <a class="header-anchor" href="#_0001-integer-nano-dollars" aria-label="Permalink to &quot;0001 Integer nano-dollars&quot;">​</a></h1><p><strong>Context.</strong> Sums of float dollars are wrong at the cap: of 1,600 caps that are exact multiples of a price, bare float counters get 500 to 700 wrong (which ones depends on the prices). 98 % of published prices are whole nano-dollars per token. BigInt costs 9 to 13 times as much at an API that takes numbers.</p><p><strong>Decision.</strong> Money is an integer of nano-dollars in a float64, converted once on the way in.</p><p><strong>Consequence.</strong> Sums are exact up to $9,007,199.25 a pool; past that a <code>RangeError</code>. A single amount is off by half a nano-dollar at the most.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0001-integer-nano-dollars.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0001IntegerNanoDollars = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0001IntegerNanoDollars as default };
