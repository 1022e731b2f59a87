import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0081 Which response a WebSocket event belongs to","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0081-lanes-of-a-web-socket.md","filePath":"decisions/0081-lanes-of-a-web-socket.md"}',
);
const _sfc_main = { name: "decisions/0081-lanes-of-a-web-socket.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0081-which-response-a-websocket-event-belongs-to" tabindex="-1">0081 Which response a WebSocket event belongs to <a class="header-anchor" href="#_0081-which-response-a-websocket-event-belongs-to" aria-label="Permalink to &quot;0081 Which response a WebSocket event belongs to&quot;">​</a></h1><p><strong>Context.</strong> On one WebSocket several responses are under way. Requests name a lane (<code>stream_id</code>) or none, and are answered in order within it; events repeat the lane, most of them no id of a response. An error may be about the answer that is coming, or about a request that was not taken while another one is answered.</p><p><strong>Decision.</strong> Every lane has a list of what was sent and has not ended. An event is about its first entry. An error with an object <code>error</code>, which is how requests are rejected, is about the first entry of which nothing has begun; a flat one is about the first entry. An error without a lane, where the lane without a name has none, is about the only entry there is, if there is one. Ids of responses that are over are kept for a while, so that an end that follows an error ends nothing else. A response that no request asked for closes the connection (1008). <code>response.steer</code> is refused, because it brings on such responses.</p><p><strong>Consequence.</strong> What cannot be told apart stays held until it ends or the socket is closed, and is booked then: never below what was spent.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0081-lanes-of-a-web-socket.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0081LanesOfAWebSocket = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0081LanesOfAWebSocket as default };
