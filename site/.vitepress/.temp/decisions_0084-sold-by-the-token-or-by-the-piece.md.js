import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0084 Sold by the token, or by the piece","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0084-sold-by-the-token-or-by-the-piece.md","filePath":"decisions/0084-sold-by-the-token-or-by-the-piece.md"}',
);
const _sfc_main = { name: "decisions/0084-sold-by-the-token-or-by-the-piece.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0084-sold-by-the-token-or-by-the-piece" tabindex="-1">0084 Sold by the token, or by the piece <a class="header-anchor" href="#_0084-sold-by-the-token-or-by-the-piece" aria-label="Permalink to &quot;0084 Sold by the token, or by the piece&quot;">​</a></h1><p><strong>Context.</strong> A transcription is sold by the second with one model and by the token with the next, at the same address and with the same answer; images, speech and ranking likewise. Answers report what they like: seconds, tokens, both, nothing.</p><p><strong>Decision.</strong> A format says the most of both that a request can come to. The price decides: where a model has a rate for what is counted and none for tokens, tokens are not billed, and the other way round; where it has neither, the call is refused for the class that is missing. Where the request is the bill (Veo, Sora), what was held is booked.</p><p><strong>Consequences.</strong> A user&#39;s own price of one class is enough. A model that is sold by both is billed by both. What is not reported (sound, videos) is booked at its bound and marked as such; speech that is streamed as events tells its tokens.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0084-sold-by-the-token-or-by-the-piece.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0084SoldByTheTokenOrByThePiece = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0084SoldByTheTokenOrByThePiece as default };
