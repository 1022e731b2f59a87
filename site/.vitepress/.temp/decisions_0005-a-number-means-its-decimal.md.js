import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0005 A number means the decimal that it prints as","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0005-a-number-means-its-decimal.md","filePath":"decisions/0005-a-number-means-its-decimal.md"}',
);
const _sfc_main = { name: "decisions/0005-a-number-means-its-decimal.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0005-a-number-means-the-decimal-that-it-prints-as" tabindex="-1">0005 A number means the decimal that it prints as <a class="header-anchor" href="#_0005-a-number-means-the-decimal-that-it-prints-as" aria-label="Permalink to &quot;0005 A number means the decimal that it prints as&quot;">​</a></h1><p><strong>Context.</strong> <code>0.0000012345 * 1e9</code> is not exactly 1234.5, so rounding half up depends on the noise of a float product, and <code>&quot;0.0000012345&quot;</code> as a string would be booked otherwise.</p><p><strong>Decision.</strong> A number of dollars stands for its shortest decimal, the one that <code>String</code> prints. The product is used where its error (two roundings) cannot reach a half; else the decimal is read digit by digit, as for strings.</p><p><strong>Consequence.</strong> Number and string agree everywhere; the common case is one multiplication.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0005-a-number-means-its-decimal.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0005ANumberMeansItsDecimal = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0005ANumberMeansItsDecimal as default };
