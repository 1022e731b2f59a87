import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0010 A child is found by its name","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0010-a-child-is-found-by-its-name.md","filePath":"decisions/0010-a-child-is-found-by-its-name.md"}',
);
const _sfc_main = { name: "decisions/0010-a-child-is-found-by-its-name.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0010-a-child-is-found-by-its-name" tabindex="-1">0010 A child is found by its name <a class="header-anchor" href="#_0010-a-child-is-found-by-its-name" aria-label="Permalink to &quot;0010 A child is found by its name&quot;">​</a></h1><p><strong>Context.</strong> <code>pool.child(&quot;team-a&quot;, { caps })</code> is written where it is used, often in a handler that runs for every request. Were it a new pool each time, its cap would hold for one request only.</p><p><strong>Decision.</strong> The same name is the same child, kept by its parent. Other options than it was made with are an error that shows both.</p><p><strong>Consequence.</strong> A parent keeps its children in memory: <code>forgetChild(name)</code> removes those that are over.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0010-a-child-is-found-by-its-name.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0010AChildIsFoundByItsName = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0010AChildIsFoundByItsName as default };
