import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0054 Earlier counts bound later requests","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0054-what-was-counted-before.md","filePath":"decisions/0054-what-was-counted-before.md"}',
);
const _sfc_main = { name: "decisions/0054-what-was-counted-before.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0054-earlier-counts-bound-later-requests" tabindex="-1">0054 Earlier counts bound later requests <a class="header-anchor" href="#_0054-earlier-counts-bound-later-requests" aria-label="Permalink to &quot;0054 Earlier counts bound later requests&quot;">​</a></h1><p><strong>Context.</strong> An agent sends its whole conversation with every call. By its bytes a call of 80,000 tokens holds three to four times what it takes, and a previous response a whole context window, so that a cap is refused long before it is spent. The provider has counted all but the newest messages already.</p><p><strong>Decision.</strong> A request whose messages begin with those of one that was counted holds that count, the output that was reported for its answer, the bytes of everything new, that answer&#39;s own bytes among them, and 256. Without the answer&#39;s bytes it is no bound: providers bill reasoning that they keep on their side (59 of 996 recorded pairs are above). 1,024 more where the first citation is. Media in the new part have their own bounds; content at an address is counted as new each time, as it may have changed; so are tools that a message brings in. Everything in the body that may change a count has to be equal: an allow-list names the fields that do not (limits, temperature, labels). Model, host, path, beta headers and credentials are part of what has to be equal. Markers of caches are left out, and one block of text is the text. Left out altogether: routers and hosts that are not known (<code>switchesHosts</code>), tools that the provider runs, edits of the context other than thinking that is cleared for good, reports that are unsure, a day later (a name of a model may come to mean another). A previous response is found by the id that its answer reported, with the same reasoning settings; this is looked up at once, as it costs next to nothing. A <code>conversation</code> of OpenAI&#39;s is not: anyone with the key may add to it, so that what was counted last says nothing of what is there now. Nor is a stored prompt without its version.</p><p><strong>When.</strong> A walk through the request costs 3 to 4 ms a megabyte. It is made when the bytes do not fit or would shorten the answer; and after an answer when the call held more than a sixteenth of the room, so that its count is there when the room gets short. A pool with room pays nothing.</p><p><strong>Measured.</strong> Of 4,923 recorded pairs of requests that were logged whole none is above its bound, the closest by 199 tokens; a test repeats it. Properties over generated conversations hold with o200k and Claude&#39;s published tokenizer. A provider that reports more than follows from its counts is booked at its bill, the booking is marked, and after three times its counts are no longer a bound for that model and account.</p><p><strong>Consequence.</strong> A call that goes on holds 1.02 times the input that it uses in the median of 28,219 recorded calls of Claude Code (1.10 in the ninetieth percentile), 1.07 (1.33) with Codex, 1.03 (1.16) with Gemini CLI. The first one needs the provider&#39;s own count.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0054-what-was-counted-before.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0054WhatWasCountedBefore = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0054WhatWasCountedBefore as default };
