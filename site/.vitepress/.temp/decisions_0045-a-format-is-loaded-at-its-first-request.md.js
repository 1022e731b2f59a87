import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0045 A format is loaded at its first request","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0045-a-format-is-loaded-at-its-first-request.md","filePath":"decisions/0045-a-format-is-loaded-at-its-first-request.md"}',
);
const _sfc_main = { name: "decisions/0045-a-format-is-loaded-at-its-first-request.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0045-a-format-is-loaded-at-its-first-request" tabindex="-1">0045 A format is loaded at its first request <a class="header-anchor" href="#_0045-a-format-is-loaded-at-its-first-request" aria-label="Permalink to &quot;0045 A format is loaded at its first request&quot;">​</a></h1><p><strong>Context.</strong> The meter reads twelve formats, their images, sound and PDFs. All of them together came to 56 kB gzipped, more than twice what was wanted, although most programs call one provider; every new format made every program larger and slower to start.</p><p><strong>Decision.</strong> A route names its format; <code>wire/formats.ts</code> imports the module of a format at the first request in it, before anything is held. The records of the providers are small and stay together, because the host of a call decides which of them counts.</p><p><strong>Consequence.</strong> <code>import { meteredFetch }</code> loads 33 kB at once, and a new format adds nothing to that. The first call in a format waits for one import. A bundler that does not split code puts everything into its one file, as before.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0045-a-format-is-loaded-at-its-first-request.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0045AFormatIsLoadedAtItsFirstRequest = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0045AFormatIsLoadedAtItsFirstRequest as default };
