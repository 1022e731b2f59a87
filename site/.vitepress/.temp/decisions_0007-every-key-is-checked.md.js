import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0007 Every key of an amount is checked","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0007-every-key-is-checked.md","filePath":"decisions/0007-every-key-is-checked.md"}',
);
const _sfc_main = { name: "decisions/0007-every-key-is-checked.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0007-every-key-of-an-amount-is-checked" tabindex="-1">0007 Every key of an amount is checked <a class="header-anchor" href="#_0007-every-key-of-an-amount-is-checked" aria-label="Permalink to &quot;0007 Every key of an amount is checked&quot;">​</a></h1><p><strong>Context.</strong> <code>record({ token: 5 })</code> and <code>record({ tokens: 5, dollars: 1 })</code> must not be taken for less than was meant. Types catch that only in TypeScript, and not in what <code>JSON.parse</code> returns. Looking at every key costs 4 to 10 ns of a call; nothing cheaper tells one object shape from another.</p><p><strong>Decision.</strong> Every amount is checked, every time, and inherited keys too.</p><p><strong>Consequence.</strong> <code>record</code> is slower than a bare counter by that much; see the benchmarks.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0007-every-key-is-checked.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0007EveryKeyIsChecked = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0007EveryKeyIsChecked as default };
