import {servePublished} from "../../loaders/site/serve.js";

await servePublished("duckdb");
