import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0058 How large a PDF can get","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0058-what-a-pdf-can-come-to.md","filePath":"decisions/0058-what-a-pdf-can-come-to.md"}',
);
const _sfc_main = { name: "decisions/0058-what-a-pdf-can-come-to.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0058-how-large-a-pdf-can-get" tabindex="-1">0058 How large a PDF can get <a class="header-anchor" href="#_0058-how-large-a-pdf-can-get" aria-label="Permalink to &quot;0058 How large a PDF can get&quot;">​</a></h1><p><strong>Context.</strong> A provider makes an image of every page and takes out its text. Neither is in the file as such: the objects may be packed, pages may be named twice, a form drawn a thousand times, one byte of a font may stand for a sentence. A count that trusts the file is no guarantee.</p><p><strong>Decision.</strong> Every object counts that stands anywhere in the file, whether a table of contents names it or not, so that each way of reading it finds at most as much. Pages are the most of what the tree of pages names, what says it is a page, and what the tree says it has. Text is the strings in all content, each byte of which is a glyph: times the references to it, forms times all drawings, and times what the tables of the fonts make of a byte at the most. Left out are streams that are named as fonts, profiles and metadata alone, and pictures by their filters or by their type where no page names them as content. <strong>Nothing is said</strong>, and the context window holds, for what is encrypted, for filters other than Flate, pages or lists of content that are shared, forms in forms, comments among the objects, files of more than 4.5 MB or 4 MB when unpacked. Unpacking is code of our own, 200 lines, because what the web has is asynchronous and a bound is not; a request waits for it some milliseconds, and at the most some hundred. All of it is linear in the length of the file (M8), which a test tries with what is quadratic in careless patterns.</p><p><strong>A page&#39;s image.</strong> OpenAI: as an image in that detail without a known size. Gemini: its page&#39;s numbers; 2.0 was recorded with 1,290 tokens a page where the page says 258, which is held as tiles. Anthropic publishes no size: pages of A4 and letter came to fewer than 1,600 tokens in all recorded answers, of models with the higher cap too; 2,048 are held where all pages are at most as large as a legal one, the cap of the model otherwise. <strong>This number is measured, on few files, and not published.</strong></p><p><strong>Consequence.</strong> Held ÷ used of a call with a PDF: 10.2 in the median of 69 recorded calls (615 before; 2.0 with Claude&#39;s API, 8 with Gemini, 12.5 with OpenAI, which bills less than it documents for one page), none above. Twenty pages of 1,500 characters hold under $0.50 at every model with a rule but those of $10 a million (Claude Fable: $0.72, of which the text is $0.30). GPT-5.1 has no published rule and holds its window.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0058-what-a-pdf-can-come-to.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0058WhatAPdfCanComeTo = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0058WhatAPdfCanComeTo as default };
