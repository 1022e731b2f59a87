import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0006 No bundler","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0006-no-bundler.md","filePath":"decisions/0006-no-bundler.md"}',
);
const _sfc_main = { name: "decisions/0006-no-bundler.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0006-no-bundler" tabindex="-1">0006 No bundler <a class="header-anchor" href="#_0006-no-bundler" aria-label="Permalink to &quot;0006 No bundler&quot;">​</a></h1><p><strong>Context.</strong> A bundler gains a library without dependencies nothing, and is one more thing that breaks.</p><p><strong>Decision.</strong> Plain <code>tsc</code>, file by file, with declarations, source maps and the sources in the package.</p><p><strong>Consequence.</strong> <code>dist</code> mirrors <code>src</code>; stack traces and &quot;go to definition&quot; lead to the source.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0006-no-bundler.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0006NoBundler = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, _0006NoBundler as default };
