{
  "targets": [
    {
      "target_name": "highwater",
      "sources": [
        "<!@(node -p \"require('fs').readdirSync('src',{recursive:true}).filter(f=>f.endsWith('.cc')).sort().map(f=>'src/'+f).join(' ')\")"
      ],
      "include_dirs": ["src"],
      "defines": ["NAPI_VERSION=9"],
      "cflags": ["-Wall", "-Wextra", "-Wno-unused-parameter"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++1y"],
      "cflags_cc": ["-std=gnu++20", "-O2", "-fvisibility=hidden", "-fno-exceptions"],
      "ldflags": ["-Wl,-s"]
    }
  ]
}
