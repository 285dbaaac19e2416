// Lets public pages offer an "Edit" link in this browser; without it there is none.
if (document.querySelector("#user-tools")) {
  localStorage.setItem("newsroom-staff", "1");
} else {
  localStorage.removeItem("newsroom-staff");
}
