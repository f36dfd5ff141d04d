{
  "targets": [
    {
      "target_name": "highwater",
      "sources": [
        "<!@(node -p \"require('fs').readdirSync('src',{recursive:true}).filter(f=>f.endsWith('.cc')).sort().map(f=>'src/'+f).join(' ')\")"
      ],
      "include_dirs": [
        "src",
        "<!(node -p \"require('node-addon-api').include_dir\")"
      ],
      "defines": [
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NAPI_VERSION=9",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags": ["-Wall", "-Wextra", "-Wno-unused-parameter"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++1y"],
      "cflags_cc": ["-std=gnu++20", "-O2", "-fvisibility=hidden", "-fno-exceptions"],
      "ldflags": ["-Wl,-s"]
    }
  ]
}
