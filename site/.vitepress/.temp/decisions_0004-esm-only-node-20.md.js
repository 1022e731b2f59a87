import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0004 ESM only, Node 20.19 and later","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0004-esm-only-node-20.md","filePath":"decisions/0004-esm-only-node-20.md"}',
);
const _sfc_main = { name: "decisions/0004-esm-only-node-20.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0004-esm-only-node-20-19-and-later" tabindex="-1">0004 ESM only, Node 20.19 and later <a class="header-anchor" href="#_0004-esm-only-node-20-19-and-later" aria-label="Permalink to &quot;0004 ESM only, Node 20.19 and later&quot;">​</a></h1><p><strong>Context.</strong> Two builds double what can go wrong: two copies of a class, two sets of types.</p><p><strong>Decision.</strong> ESM only. Node 20.19 is the floor, the first 20 that can <code>require</code> an ES module. Error checks work across copies by a registered symbol and a <code>code</code>.</p><p><strong>Consequence.</strong> CommonJS callers on Node 20.19+, 22.12+ and 24 use <code>require(&quot;token-budget&quot;)</code>; older ones use <code>import()</code>. Node 20 is past its end of life: tested, not promised.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0004-esm-only-node-20.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0004EsmOnlyNode20 = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, _0004EsmOnlyNode20 as default };
