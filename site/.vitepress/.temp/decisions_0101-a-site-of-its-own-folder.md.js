import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0101 The site has a folder of its own","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0101-a-site-of-its-own-folder.md","filePath":"decisions/0101-a-site-of-its-own-folder.md"}',
);
const _sfc_main = { name: "decisions/0101-a-site-of-its-own-folder.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0101-the-site-has-a-folder-of-its-own" tabindex="-1">0101 The site has a folder of its own <a class="header-anchor" href="#_0101-the-site-has-a-folder-of-its-own" aria-label="Permalink to &quot;0101 The site has a folder of its own&quot;">​</a></h1><p><strong>Context.</strong> The documentation is Markdown that reads well where it is. A site adds a search, a sidebar and a check of links. Its generator brings 125 packages, as many as all other tools together.</p><p><strong>Decision.</strong> VitePress in <code>site/</code>, with its own lockfile, as the benchmarks have theirs. <code>npm ci</code> does not install it; <code>npm run site</code> and CI do. It builds a copy of <code>docs</code>, because pages outside of its folder cannot import Vue, and has the local search, which works offline. Links to <code>src</code> are not checked there: tidy checks them.</p><p><strong>Consequence.</strong> No page knows of the site. Another generator can take its place by changing that folder alone.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0101-a-site-of-its-own-folder.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0101ASiteOfItsOwnFolder = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0101ASiteOfItsOwnFolder as default };
