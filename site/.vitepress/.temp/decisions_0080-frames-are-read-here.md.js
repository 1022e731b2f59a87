import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0080 WebSocket frames are parsed here","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0080-frames-are-read-here.md","filePath":"decisions/0080-frames-are-read-here.md"}',
);
const _sfc_main = { name: "decisions/0080-frames-are-read-here.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0080-websocket-frames-are-parsed-here" tabindex="-1">0080 WebSocket frames are parsed here <a class="header-anchor" href="#_0080-websocket-frames-are-parsed-here" aria-label="Permalink to &quot;0080 WebSocket frames are parsed here&quot;">​</a></h1><p><strong>Context.</strong> To meter a response on a WebSocket, the proxy has to read, hold back and change single messages in both directions. Node.js has a client (undici&#39;s, without headers in the standard&#39;s constructor, and it negotiates compression) and no server. <code>ws</code> has both, without dependencies of its own; as a dependency it would be the only one of this package, for a small part of it, and it accepts what two readers may see differently (lengths written longer than needed).</p><p><strong>Decision.</strong> RFC 6455 is read and written in 250 lines of <code>src/proxy/web-socket/frames.ts</code>, strictly: reserved bits, reserved opcodes, wrong masks, broken UTF-8, codes that may not be sent and lengths in the wrong form end the connection. No extension is offered or granted, because <code>permessage-deflate</code> with its context could not be changed on the way. <code>ws</code> is a development dependency: the tests read with it what we write, and write with it what we read.</p><p><strong>Consequence.</strong> No dependency. Messages are not compressed on the loopback, and not to the provider either. The cases of the Autobahn suite are in the tests by their groups; the suite itself, which needs Docker, was not run.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0080-frames-are-read-here.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0080FramesAreReadHere = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0080FramesAreReadHere as default };
