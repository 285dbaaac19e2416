// What a story's page does beyond its forms and links, in one request; `collectstatic`
// writes it out. Each of these says what happens without it.

import "./rating.js";
import "./recommend.js";
import "./new-comments.js";
import "./story.js";
