const NAMES = [
  'EGL_nvidia.so.1',
  'GLESv1_CM_nvidia.so.1',
  'GLESv2_nvidia.so.1',
  'GLX_nvidia.so.1',
  'cuda.so.1',
  'cudadebugger.so.1',
  'nvcuvid.so.1',
  'nvidia-allocator.so.1',
  'nvidia-cfg.so.1',
  'nvidia-eglcore.so.1',
  'nvidia-encode.so.1',
  'nvidia-fbc.so.1',
  'nvidia-glcore.so.1',
  'nvidia-glsi.so.1',
  'nvidia-glvkspirv.so.1',
  'nvidia-gpucomp.so.1',
  'nvidia-ml.so.1',
  'nvidia-ngx.so.1',
  'nvidia-nvvm.so.1',
  'nvidia-opencl.so.1',
  'nvidia-opticalflow.so.1',
  'nvidia-pkcs11-openssl3.so.1',
  'nvidia-pkcs11.so.1',
  'nvidia-ptxjitcompiler.so.1',
  'nvidia-rtcore.so.1',
  'nvidia-tls.so.1',
  'nvoptix.so.1',
]

const HOST_LIBRARIES: ReadonlySet<string> = new Set(NAMES.map((name) => `lib${name}`))

/** True for libraries that the GPU driver of the host puts into containers: no package needs or provides them. */
export function isHostLibrary(name: string): boolean {
  return HOST_LIBRARIES.has(name)
}
