import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0008 A reset affects one pool only","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0008-a-reset-is-of-one-pool.md","filePath":"decisions/0008-a-reset-is-of-one-pool.md"}',
);
const _sfc_main = { name: "decisions/0008-a-reset-is-of-one-pool.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0008-a-reset-affects-one-pool-only" tabindex="-1">0008 A reset affects one pool only <a class="header-anchor" href="#_0008-a-reset-affects-one-pool-only" aria-label="Permalink to &quot;0008 A reset affects one pool only&quot;">​</a></h1><p><strong>Context.</strong> In a tree, what does <code>reset()</code> of a parent do to its children, and a child&#39;s to its parent?</p><p><strong>Decision.</strong> It touches the one pool. A reservation is held level by level: a level that was reset since holds nothing for it and books all of it as overage; the others go on as before. One counter of resets for the whole tree tells them apart, so a reservation remembers one number and not one per level.</p><p><strong>Consequence.</strong> Money that a child spent stays in its parent&#39;s books when the child is reset, and a counter can never go negative.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0008-a-reset-is-of-one-pool.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0008AResetIsOfOnePool = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0008AResetIsOfOnePool as default };
