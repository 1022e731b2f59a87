import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0094 The proxy sends requests over the dispatcher of the runtime","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0094-the-dispatcher-of-the-runtime.md","filePath":"decisions/0094-the-dispatcher-of-the-runtime.md"}',
);
const _sfc_main = { name: "decisions/0094-the-dispatcher-of-the-runtime.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0094-the-proxy-sends-requests-over-the-dispatcher-of-the-runtime" tabindex="-1">0094 The proxy sends requests over the dispatcher of the runtime <a class="header-anchor" href="#_0094-the-proxy-sends-requests-over-the-dispatcher-of-the-runtime" aria-label="Permalink to &quot;0094 The proxy sends requests over the dispatcher of the runtime&quot;">​</a></h1><p><strong>Context.</strong> A call through the proxy cost 1.3 times the CPU that it had cost before the meter learned to read all providers. Half of a call is the client of <code>node:http</code>. The <code>fetch</code> of Node.js has another one built in (undici), whose dispatcher is reachable as <code>globalThis[Symbol.for(&quot;undici.globalDispatcher.1&quot;)]</code> in Node.js 20 (6.24) and 24 (7.29). That is documented by undici and not promised by Node.js.</p><p><strong>Decision.</strong> Requests whose body is at hand go over an agent of the same class, with connections of our own: they trust what <code>SSL_CERT_FILE</code> names. Requests go over <code>node:http</code> as before where the class is missing or is another one, where the environment names a proxy, where a body is passed on piece by piece, and where a request is sent once more because its kept connection had been closed. Both report to one interface (<code>src/proxy/upstream-answer.ts</code>), and the same tests run over both. Nothing becomes a dependency.</p><p>The dispatcher does not say over which connection a request went. A kept connection is known by how much was written to it: more than this request has.</p><p><strong>Consequence.</strong> A small call takes 0.74 times the CPU over the dispatcher, alone or with 64 at once. A dispatcher that a program has set for itself, such as a <code>ProxyAgent</code>, is left alone. A version of Node.js that hides the dispatcher gets the older path, and nothing else changes.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0094-the-dispatcher-of-the-runtime.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0094TheDispatcherOfTheRuntime = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0094TheDispatcherOfTheRuntime as default };
