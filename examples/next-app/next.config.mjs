/** @type {import('next').NextConfig} */
export default {
  // The server's engine is a file beside the package's code: it stays where it is.
  serverExternalPackages: ['plangate'],
};
