/**
 * What a build writes into its pages (finish.ts), for a page of the live notebook: no other host, a language, a viewport
 * that may be enlarged. Framework evaluates changed cells and listens on a socket, which a built page may not.
 */
export const previewHead = `
<meta http-equiv="Content-Security-Policy" content="${[
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' ws://127.0.0.1:* data: blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'"
].join("; ")}">
<script>
document.documentElement.lang = "en";
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";
</script>`;
