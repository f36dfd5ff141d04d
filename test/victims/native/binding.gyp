{
  "targets": [
    {
      "target_name": "victim",
      "sources": ["victim.cc"],
      "defines": ["NAPI_VERSION=8"],
      "cflags_cc": ["-std=c++20", "-O1"]
    }
  ]
}
