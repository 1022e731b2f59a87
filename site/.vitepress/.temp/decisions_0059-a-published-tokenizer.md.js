import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0059 A published tokenizer","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0059-a-published-tokenizer.md","filePath":"decisions/0059-a-published-tokenizer.md"}',
);
const _sfc_main = { name: "decisions/0059-a-published-tokenizer.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0059-a-published-tokenizer" tabindex="-1">0059 A published tokenizer <a class="header-anchor" href="#_0059-a-published-tokenizer" aria-label="Permalink to &quot;0059 A published tokenizer&quot;">​</a></h1><p><strong>Context.</strong> The bytes of English are four times its tokens. OpenAI publishes its tokenizers; libraries have them, in 2 to 4 MB. They take the square of the length of a word without spaces: 100 KB of one character stop a server for seconds (F55).</p><p><strong>Decision.</strong> <code>publicTokenizer</code> takes the function of a library; the package has no tokenizer and no dependency. It is a source of a tighter bound (M6): asked only where the bytes do not fit or would shorten the answer, for models that the table of tiktoken names, at OpenAI and Azure. A text is cut where both published patterns cut it anyway (before a space that a letter follows, before punctuation, after the end of a line), so that the tokens of the pieces add up to those of the text; a run of more than 256 characters that nothing cuts counts in bytes. So does what a library throws at (names of special tokens), what it says nonsense of, and texts of more than 256 characters without a space: reasoning that is encrypted is not what it looks like. Two tokens are added around every text and every name, which is what roles and the punctuation of definitions come to, and the bound of media and templates.</p><p><strong>Consequence.</strong> Equal to the library&#39;s count for every text without a long run (a property, 1,500 texts of each encoding), in the library&#39;s own time; never below a chat with its template. A request of 388 kB takes about a second on a busy machine, so larger ones than a megabyte are not counted. On the recorded traffic, with it for every call of OpenAI&#39;s models, none is above its bound. A call without need pays nothing.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0059-a-published-tokenizer.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0059APublishedTokenizer = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0059APublishedTokenizer as default };
