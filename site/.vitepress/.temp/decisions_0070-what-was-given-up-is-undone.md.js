import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0070 Abandoned requests are undone","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0070-what-was-given-up-is-undone.md","filePath":"decisions/0070-what-was-given-up-is-undone.md"}',
);
const _sfc_main = { name: "decisions/0070-what-was-given-up-is-undone.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0070-abandoned-requests-are-undone" tabindex="-1">0070 Abandoned requests are undone <a class="header-anchor" href="#_0070-abandoned-requests-are-undone" aria-label="Permalink to &quot;0070 Abandoned requests are undone&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p>A store that stalls longer than <code>timeoutMs</code> goes on with what it was asked: queries wait in a connection pool, packets are on their way. The caller got <code>STORE_UNAVAILABLE</code>. In one case, $3 were held for a minute and $2 were booked two seconds after both callers had got the error; a caller that records again books twice.</p><h2 id="decision" tabindex="-1">Decision <a class="header-anchor" href="#decision" aria-label="Permalink to &quot;Decision&quot;">​</a></h2><p>A record, reservation, grant or wait that rejects with <code>STORE_UNAVAILABLE</code> is <strong>withdrawn</strong> by its id in the background, every second until the store answers. <code>withdraw</code> is a command like the others, in one exclusive step:</p><ul><li>a reservation that is open is released; a place in the queue is given up;</li><li>where nothing is known under the id yet, a release is written under it, so that what comes later finds itself settled: the order of arrival makes no difference;</li><li>a record that was booked is reported, and amended to nothing.</li></ul><p>Commits are never withdrawn: the money was spent, and they are delivered in the background. Nor is what has an id of the caller&#39;s own (<code>{ id }</code>): another process may have asked again under it and hold it by now. Asking again is how its outcome is learnt, as before.</p><p>At most 10,000 are remembered for a tree; a process that ends forgets them. Holds end with their leases then.</p><h2 id="consequence" tabindex="-1">Consequence <a class="header-anchor" href="#consequence" aria-label="Permalink to &quot;Consequence&quot;">​</a></h2><p>An error means not held, at the latest a second after the store answers again. The ledger has a release of nothing for what was withdrawn before it came. <code>record</code> without an id may be called again after <code>STORE_UNAVAILABLE</code> without being booked twice, while the process lives.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0070-what-was-given-up-is-undone.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0070WhatWasGivenUpIsUndone = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0070WhatWasGivenUpIsUndone as default };
