import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0062 The proxy variables are read here, not by Node.js","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0062-the-way-out-is-read-here.md","filePath":"decisions/0062-the-way-out-is-read-here.md"}',
);
const _sfc_main = { name: "decisions/0062-the-way-out-is-read-here.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0062-the-proxy-variables-are-read-here-not-by-node-js" tabindex="-1">0062 The proxy variables are read here, not by Node.js <a class="header-anchor" href="#_0062-the-proxy-variables-are-read-here-not-by-node-js" aria-label="Permalink to &quot;0062 The proxy variables are read here, not by Node.js&quot;">​</a></h1><p><strong>Context.</strong> Programs behind a company&#39;s proxy reach providers by <code>HTTPS_PROXY</code>, and trust its certificates by <code>SSL_CERT_FILE</code>. With our proxy in between, ours is the way that counts. Node.js reads <code>HTTPS_PROXY</code> from 24.5 on when an agent asks for it, and <code>SSL_CERT_FILE</code> never; we support Node.js from 20.19 on.</p><p><strong>Decision.</strong> <code>src/proxy/way-out.ts</code> reads the variables on every version: a tunnel for TLS, the whole address without, the login of the proxy&#39;s address, <code>NO_PROXY</code> with domains, ports and <code>*</code>. Servers of this machine are asked directly, as Go does, whatever <code>NO_PROXY</code> says: a model on this machine is never reached by a company&#39;s proxy. <code>SSL_CERT_FILE</code> adds to what Node.js trusts and does not replace it: a program that speaks Node.js trusts those anyway.</p><p><strong>Consequence.</strong> One code path, tried on Node.js 20, 22 and 24 with a forward proxy that wants a password. SOCKS proxies and <code>SSL_CERT_DIR</code> are not read. Requests without TLS by way of a proxy use a new connection each.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0062-the-way-out-is-read-here.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0062TheWayOutIsReadHere = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0062TheWayOutIsReadHere as default };
