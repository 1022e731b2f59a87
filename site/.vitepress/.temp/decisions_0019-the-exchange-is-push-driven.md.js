import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0019 The exchange is push-driven: callers feed it events","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0019-the-exchange-is-push-driven.md","filePath":"decisions/0019-the-exchange-is-push-driven.md"}',
);
const _sfc_main = { name: "decisions/0019-the-exchange-is-push-driven.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0019-the-exchange-is-push-driven-callers-feed-it-events" tabindex="-1">0019 The exchange is push-driven: callers feed it events <a class="header-anchor" href="#_0019-the-exchange-is-push-driven-callers-feed-it-events" aria-label="Permalink to &quot;0019 The exchange is push-driven: callers feed it events&quot;">​</a></h1><p><strong>Context.</strong> The same metering serves a <code>fetch</code> with web streams, and a proxy over raw sockets, where web streams cost four times the time. A function <code>meterExchange(request, forward)</code> that awaits an answer would have to choose one of the two.</p><p><strong>Decision.</strong> <code>meterExchange</code> returns what to do with a request: pass, refuse, or forward this body. Then the caller feeds an <code>Exchange</code> with events: <code>responded</code>, <code>push</code> for every piece, and one of <code>end</code>, <code>interrupted</code>, <code>failed</code>, <code>notSent</code>. It never throws, is settled once, and knows no transport.</p><p><strong>Consequence.</strong> <code>fetch</code> is an adapter of a hundred lines. A transport must report the end; for a body that is dropped, the garbage collector reports it.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0019-the-exchange-is-push-driven.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0019TheExchangeIsPushDriven = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0019TheExchangeIsPushDriven as default };
