// What helps a reader to write a comment, in one request; `collectstatic` writes it out.
// Each of these says what happens without it.

import "./reply.js";
import "./remember.js";
import "./respond.js";
import "./count-characters.js";
