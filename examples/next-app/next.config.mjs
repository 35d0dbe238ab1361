/** @type {import('next').NextConfig} */
export default {
  // The server's engine is a file beside the server's code, and stays there. Not the whole package: plangate/react has to
  // share Next's own React.
  serverExternalPackages: ['plangate/server'],
};
