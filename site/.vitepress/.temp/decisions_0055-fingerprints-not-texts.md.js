import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0055 Fingerprints are kept, not texts","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0055-fingerprints-not-texts.md","filePath":"decisions/0055-fingerprints-not-texts.md"}',
);
const _sfc_main = { name: "decisions/0055-fingerprints-not-texts.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0055-fingerprints-are-kept-not-texts" tabindex="-1">0055 Fingerprints are kept, not texts <a class="header-anchor" href="#_0055-fingerprints-are-kept-not-texts" aria-label="Permalink to &quot;0055 Fingerprints are kept, not texts&quot;">​</a></h1><p><strong>Context.</strong> To see that a request goes on from another one, something of the other has to be remembered: of prompts, which are private, and by a library that runs in browsers and edge runtimes without <code>node:crypto</code>.</p><p><strong>Decision.</strong> HalfSipHash-1-3 with 64 bits, under a random key of the process: without the key no one can make two conversations that are taken for one, and with it they are one in 10^19. Every message adds to one running hash, whose value after each message is the name of the request that ends there: a later request finds the longest beginning with one look per message. The account&#39;s credentials go into the hash and nowhere else. A count takes 28 bytes in typed arrays, about 55 with the free slots, in two tables: when the young one is full, the old one is forgotten. 8 MB by default (<code>countsBytesMax</code>), some 150,000 calls; it begins with 2 kB. <code>token-budget run</code> shares counts with later runs in <code>counts</code>, a file of 295 kB for the user alone in the state folder: pairs of rows by fingerprint, of which the older gives way, each with a check under the file&#39;s own key, no lock and no transaction. A row that two processes write at once does not fit its check and is not there. It is opened at the first call that needs it, so that a run starts as fast as before.</p><p><strong>Not taken.</strong> Two FNV-like hashes: pairs of texts that collide under every seed can be computed. SHA-256 by WebCrypto: promises in the middle of a decision, and slower for short messages. A table in the pool&#39;s store: a row in the way of every reservation, and Redis or Postgres would need it too; counts of other machines are not shared yet.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0055-fingerprints-not-texts.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0055FingerprintsNotTexts = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0055FingerprintsNotTexts as default };
