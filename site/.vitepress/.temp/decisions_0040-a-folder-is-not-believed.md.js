import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  `{"title":"0040 A folder's configuration is not trusted","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0040-a-folder-is-not-believed.md","filePath":"decisions/0040-a-folder-is-not-believed.md"}`,
);
const _sfc_main = { name: "decisions/0040-a-folder-is-not-believed.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0040-a-folder-s-configuration-is-not-trusted" tabindex="-1">0040 A folder&#39;s configuration is not trusted <a class="header-anchor" href="#_0040-a-folder-s-configuration-is-not-trusted" aria-label="Permalink to &quot;0040 A folder&#39;s configuration is not trusted&quot;">​</a></h1><p><strong>Context.</strong> <code>token-budget.json</code> is read from the working folder, which may be a cloned repository. Its author could name the address that API keys go to, make models free, or name a store whose driver lies in the folder, and <code>status</code> would have run it.</p><p><strong>Decision.</strong> From the working folder, <code>store</code>, <code>upstreams</code> and <code>prices</code> count only after the user has run <code>token-budget allow</code> there; the permission is for the real path and the SHA-256 of the content, and lies in the state folder. Without it only what makes a budget stricter counts: the lower of both caps, a pool, a window and a label where the user named none. A window never applies to a cap that the user has typed, because it would grant that cap again and again. Drivers are resolved from where token-budget is installed, never from the folder. One line on stderr reports what was taken and what was ignored.</p><p><strong>Consequence.</strong> A project with a file of its own has to be allowed once on every machine, and again after every change, as with direnv. A driver such as <code>redis</code> has to be installed beside token-budget.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0040-a-folder-is-not-believed.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0040AFolderIsNotBelieved = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0040AFolderIsNotBelieved as default };
