import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0057 Media are measured","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0057-media-are-looked-at.md","filePath":"decisions/0057-media-are-looked-at.md"}',
);
const _sfc_main = { name: "decisions/0057-media-are-looked-at.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0057-media-are-measured" tabindex="-1">0057 Media are measured <a class="header-anchor" href="#_0057-media-are-measured" aria-label="Permalink to &quot;0057 Media are measured&quot;">​</a></h1><p><strong>Context.</strong> An image held the most that any rule allows for, a PDF the whole context window: 615 times what it used in the median of recorded calls, $4.04 with a model for which it cost a cent. <code>--usd 5</code> let one PDF through at a time. But images and files are in the request, and the makers of models publish how they count them.</p><p><strong>Decision.</strong> Of PNG, JPEG, GIF and WebP the size is read where a decoder reads it: in the first bytes, out of base64 that is not decoded further. Several sizes count as the largest; a character that some decoders pass over makes all of it uncertain. WAV and MP3 are as long as the rates say at which they are played. The rule is that of the model&#39;s maker, kept as data in the maker&#39;s folder with its page, found by the exact name or that name with a date (M10). A model without a rule, a format that is not read, a size that is not certain, and an unknown host keep the bound that they had. The type that a request states decides nothing.</p><p><strong>Where the page and the recordings differ</strong> the higher counts. Gemini 2.0 was recorded with one tile more than its page has, as an overview. OpenAI&#39;s page does not exclude that small images are enlarged, so tiles are counted as if they were. GPT-5.6 keeps the size of an image, so that the former bound of 20,000 was none: an image at an address holds the window there.</p><p><strong>Consequence.</strong> Held ÷ used of a call with an image: 6.9 in the median of 110 recorded calls (2.7 with Claude, 6.3 with OpenAI, 7.5 with Gemini; most of it is the text beside it, and Bedrock&#39;s, Mistral&#39;s and Groq&#39;s models, for which no rule was found, are in it). None is above. Video is not looked at: what a container says of its length binds no decoder. So is M4A, Ogg and FLAC.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0057-media-are-looked-at.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0057MediaAreLookedAt = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0057MediaAreLookedAt as default };
