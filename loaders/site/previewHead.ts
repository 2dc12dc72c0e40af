import {escapeHtml} from "../../lib/mail/template.js";

/**
 * What a build writes into its pages (finish.ts), for a page of the live notebook: no other host, a language, a viewport
 * that may be enlarged. Framework evaluates changed cells and listens on a socket, which a built page may not. `companion`
 * is the address and the token, `URL#TOKEN`, through which pages write and ask; built pages have none and offer downloads.
 * `data` is the workspace's folder as commands on pages name it, where they must.
 */
export function previewHead(companion: string | undefined, data: string | undefined): string {
  return `
<meta http-equiv="Content-Security-Policy" content="${policy(companion)}">
${companion ? `<meta name="tenfold-companion" content="${companion}">` : ""}
${data ? `<meta name="tenfold-data" content="${escapeHtml(data)}">` : ""}
<script>
document.documentElement.lang = "en";
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";
</script>`;
}

function policy(companion: string | undefined): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ws://127.0.0.1:* ${companion?.split("#")[0] ?? ""} data: blob:`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'"
  ].join("; ");
}
